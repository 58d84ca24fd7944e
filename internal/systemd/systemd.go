// Package systemd reads values of unit files as systemd does: spans of time and calendars (systemd.time(7)), and sizes. It says of a text
// why systemd refuses it, and is silent where versions differ.
package systemd

import (
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
)

const (
	blank  = " \t\n\r"
	digits = "0123456789"
)

// spanUnits are the units of spans of time, in the order in which systemd tries them (parse_time of its time-util.c). Letters count as they
// are: m is a minute, M a month.
var spanUnits = []string{
	"seconds", "second", "sec", "s", "minutes", "minute", "min", "months", "month", "M", "msec", "ms", "m", "hours", "hour", "hr", "h",
	"days", "day", "d", "weeks", "week", "w", "years", "year", "y", "usec", "us", "µs", "μs",
}

// Span says why a text is no span of time, such as "5min 20s"; "" where it is one.
func Span(text string) string {
	text = strings.Trim(text, blank)
	if text == "infinity" {
		return ""
	}
	if text == "" {
		return "it is empty"
	}
	for text != "" {
		if text[0] == '-' {
			return "it is negative"
		}
		after := strings.TrimLeft(strings.TrimPrefix(text, "+"), digits)
		if number := len(text) - len(after); number == 0 || text[:number] == "+" {
			if after == "" || after[0] != '.' {
				return diag.Code(word(text)) + " is no number"
			}
		}
		if strings.HasPrefix(after, ".") {
			after = strings.TrimLeft(after[1:], digits)
		}
		rest := strings.TrimLeft(after, blank)
		unit := ""
		for _, u := range spanUnits {
			if strings.HasPrefix(rest, u) {
				unit = u
				break
			}
		}
		if w := letters(rest); len(w) > len(unit) {
			return diag.Code(w) + " is no unit of time"
		}
		if unit == "" && rest == after && rest != "" {
			return diag.Code(word(rest)) + " is no unit of time"
		}
		text = strings.TrimLeft(rest[len(unit):], blank)
	}
	return ""
}

// sizeUnits are the units of sizes, in the order in which they have to stand.
var sizeUnits = []string{"E", "P", "T", "G", "M", "K", "B"}

// Size says why a text is no size, such as "1.5G"; "" where it is one, or "infinity". A percentage is none.
func Size(text string) string {
	text = strings.Trim(text, blank)
	if text == "infinity" {
		return ""
	}
	if text == "" {
		return "it is empty"
	}
	for from := 0; text != ""; {
		text = strings.TrimLeft(text, blank)
		after := strings.TrimLeft(strings.TrimPrefix(text, "+"), digits)
		if len(after) == len(text) {
			return diag.Code(word(text)) + " is no number"
		}
		if strings.HasPrefix(after, ".") {
			after = strings.TrimLeft(after[1:], digits)
		}
		after = strings.TrimLeft(after, blank)
		unit := ""
		for i := from; i < len(sizeUnits); i++ {
			if strings.HasPrefix(after, sizeUnits[i]) {
				unit, from = sizeUnits[i], i+1
				break
			}
		}
		if w := letters(after); len(w) > len(unit) {
			return diag.Code(w) + " is no unit of sizes"
		}
		if unit == "" && after != "" {
			return diag.Code(word(after)) + " stands behind the number"
		}
		text = after[len(unit):]
	}
	return ""
}

// letters returns the letters that a text begins with.
func letters(text string) string {
	for i, c := range text {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c < 0x80 {
			return text[:i]
		}
	}
	return text
}

// word returns what a text has before the first blank.
func word(text string) string {
	if i := strings.IndexAny(text, blank); i >= 0 {
		return text[:i]
	}
	return text
}
