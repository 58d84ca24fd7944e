package eval

import (
	"cmp"
	"strconv"
)

// registerVersions adds the functions of versions. Facts: libstore/names.cc.
func registerVersions() {
	register("compareVersions", func(c *invocation) *Value {
		a, b := c.arg(0, String), c.arg(1, String)
		switch {
		case a == nil || b == nil:
			return nil
		case !a.isKnown() || !b.isKnown():
			return bare(Int)
		}
		order, ok := compareVersions(a.text, b.text)
		if !ok {
			return bare(Int)
		}
		return intValue(order)
	})
	register("splitVersion", func(c *invocation) *Value {
		s := c.arg(0, String)
		switch {
		case s == nil:
			return nil
		case !s.isKnown() || !c.pay(len(s.text)):
			return bare(List)
		}
		var parts []string
		for part, rest := versionPart(s.text); part != ""; part, rest = versionPart(rest) {
			parts = append(parts, part)
		}
		return c.texts(parts)
	})
}

// compareVersions returns how Nix orders two versions; ok is false where they have larger numbers than all releases read.
func compareVersions(a, b string) (order int64, ok bool) {
	for a != "" || b != "" {
		var x, y string
		x, a = versionPart(a)
		y, b = versionPart(b)
		if len(x) > maxVersionDigits && isDigit(x[0]) || len(y) > maxVersionDigits && isDigit(y[0]) {
			return 0, false
		}
		switch {
		case partBefore(x, y):
			return -1, true
		case partBefore(y, x):
			return 1, true
		}
	}
	return 0, true
}

// maxVersionDigits is the number of digits that any integer of Nix holds.
const maxVersionDigits = 9

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// versionPart takes the first part off a version: digits, or what stands between digits, dots and dashes.
func versionPart(s string) (part, rest string) {
	for s != "" && (s[0] == '.' || s[0] == '-') {
		s = s[1:]
	}
	if s == "" {
		return "", ""
	}
	end := 1
	for end < len(s) && isDigit(s[end]) == isDigit(s[0]) && s[end] != '.' && s[end] != '-' {
		end++
	}
	return s[:end], s[end:]
}

// partBefore reports whether one part of a version is before another: numbers by value, and "pre" before all else.
func partBefore(a, b string) bool {
	x, errX := strconv.Atoi(a)
	y, errY := strconv.Atoi(b)
	switch {
	case errX == nil && errY == nil:
		return x < y
	case a == "" && errY == nil:
		return true
	case a == "pre" && b != "pre":
		return true
	case b == "pre":
		return false
	case errY == nil:
		return true
	case errX == nil:
		return false
	}
	return cmp.Less(a, b)
}
