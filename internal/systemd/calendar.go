package systemd

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
)

// shorthands are the names of calendars.
var shorthands = []string{
	"minutely", "hourly", "daily", "monthly", "annually", "yearly", "anually", "weekly", "quarterly", "biannually", "bi-annually", "semiannually",
	"semi-annually",
}

// weekdays are names of days, the long ones first as systemd tries them.
var weekdays = []string{
	"monday", "mon", "tuesday", "tue", "wednesday", "wed", "thursday", "thu", "friday", "fri", "saturday", "sat", "sunday", "sun",
}

// Calendar says why a text is no event of a calendar, such as "Mon..Fri *-*-* 10:00:00 Europe/Berlin"; "" where it is one. Which time zones
// a machine knows is not known here: any name counts as one.
func Calendar(text string) string {
	text = strings.Trim(text, blank)
	why := calendar(text)
	if why == "" {
		return ""
	}
	if i := strings.LastIndexByte(text, ' '); i > 0 && isZone(text[i+1:]) && calendar(text[:i]) == "" {
		return ""
	}
	return why
}

// isZone reports whether a word may be the name of a time zone.
func isZone(name string) bool {
	first := name + " "
	return (first[0] >= 'A' && first[0] <= 'Z' || first[0] >= 'a' && first[0] <= 'z') && !slices.Contains(weekdays, strings.ToLower(name)) &&
		!slices.Contains(shorthands, strings.ToLower(name)) && strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789_+-/") == ""
}

func calendar(text string) string {
	if text == "" {
		return "it is empty"
	}
	if slices.Contains(shorthands, strings.ToLower(text)) {
		return ""
	}
	rest, why := days(text)
	if why != "" || rest == "" {
		return why
	}
	if stamp, ok := strings.CutPrefix(rest, "@"); ok {
		if stamp == "" || strings.Trim(stamp, digits) != "" {
			return diag.Code(rest) + " is no time in seconds since 1970"
		}
		return ""
	}
	date, clock := rest, ""
	if i := strings.IndexByte(rest, ' '); i >= 0 {
		date, clock = rest[:i], strings.TrimLeft(rest[i:], " ")
	}
	if strings.Contains(date, ":") {
		if clock != "" {
			return diag.Code(clock) + " stands behind the time"
		}
		return clockTime(date)
	}
	if why := dateOf(date); why != "" {
		return why
	}
	if clock == "" {
		return ""
	}
	return clockTime(clock)
}

// days reads the weekdays that a calendar begins with.
func days(text string) (rest, why string) {
	open := false // a range
	for first := true; ; first = false {
		name := letters(text)
		if name == "" && first {
			return text, ""
		}
		if !slices.Contains(weekdays, strings.ToLower(name)) {
			if name == "" {
				name = word(text)
			}
			if slices.Contains(shorthands, strings.ToLower(name)) {
				return "", "nothing may stand beside " + diag.Code(name)
			}
			return "", diag.Code(name) + " is no weekday"
		}
		text = text[len(name):]
		switch {
		case text == "":
			return "", ""
		case text[0] == ' ':
			return strings.TrimLeft(text, " "), ""
		case strings.HasPrefix(text, "..") && !open:
			text, open = text[2:], true
		case text[0] == '-' && !open:
			text, open = text[1:], true
		case text[0] == ',':
			text, open = text[1:], false
		default:
			return "", diag.Code(word(text)) + " stands behind a weekday"
		}
		if text == "" || text[0] == ' ' {
			if open {
				return "", "a range of weekdays has no end"
			}
			return strings.TrimLeft(text, " "), "" // a comma may stand behind the last one
		}
	}
}

// part is one of a date or of a time: its name, and the values that it takes.
type part struct {
	name     string
	from, to int
}

var (
	year   = part{"year", 1970, 2199}
	month  = part{"month", 1, 12}
	day    = part{"day", 1, 31}
	hour   = part{"hour", 0, 23}
	minute = part{"minute", 0, 59}
	second = part{"second", 0, 59}
)

// dateOf says why a text is no date: YEAR-MONTH-DAY or MONTH-DAY, with ~ for days from the end of the month.
func dateOf(text string) string {
	head, last, fromEnd := strings.Cut(text, "~")
	parts := strings.Split(head, "-")
	if fromEnd {
		parts = append(parts, last)
	}
	if len(parts) != 2 && len(parts) != 3 || strings.Contains(last, "~") {
		return diag.Code(text) + " is no date: it is written `YEAR-MONTH-DAY`"
	}
	of := []part{year, month, day}[3-len(parts):]
	for i, p := range parts {
		if why := of[i].refuses(p, fromEnd && i == len(parts)-1); why != "" {
			return why
		}
	}
	return ""
}

// clockTime says why a text is no time: HOUR:MINUTE, or with seconds.
func clockTime(text string) string {
	parts := strings.Split(text, ":")
	if len(parts) != 2 && len(parts) != 3 {
		return diag.Code(text) + " is no time: it is written `HOUR:MINUTE`"
	}
	for i, p := range parts {
		if why := []part{hour, minute, second}[i].refuses(p, false); why != "" {
			return why
		}
	}
	return ""
}

// refuses says why a text is none of the values of a part: a list of numbers or ranges with steps, or *.
func (p part) refuses(text string, fromEnd bool) string {
	if text == "*" {
		return ""
	}
	wrong := fmt.Sprintf("%s is no %s", diag.Code(text), p.name)
	if strings.HasPrefix(text, "*/") {
		return wrong + ": a step stands behind a number, as in `0" + text[1:] + "`"
	}
	to := p.to
	if fromEnd {
		to -= 3
	}
	for one := range strings.SplitSeq(text, ",") {
		span, step, steps := strings.Cut(one, "/")
		low, high, ranges := strings.Cut(span, "..")
		a, ok := p.number(low)
		if !ok {
			return wrong
		}
		if a < p.from || a > to {
			return p.outside(low, to)
		}
		if ranges {
			b, ok := p.number(high)
			switch {
			case !ok:
				return wrong
			case b < p.from || b > to:
				return p.outside(high, to)
			case b < a:
				return wrong + ": the range ends before it begins"
			}
			to = b
		}
		if steps {
			n, ok := p.step(step)
			switch {
			case !ok, n <= 0:
				return wrong
			case !fromEnd && p.name != second.name && float64(a)+n > float64(to):
				return fmt.Sprintf("%s: the step leads over %s %d", wrong, p.name, to)
			}
		}
		to = p.to
		if fromEnd {
			to -= 3
		}
	}
	return ""
}

func (p part) outside(number string, to int) string {
	return fmt.Sprintf("there is no %s %s, only %d to %d", p.name, number, p.from, to)
}

// number reads a number; seconds may have fractions, and years two digits.
func (p part) number(text string) (n int, ok bool) {
	if p.name == second.name {
		whole, fraction, has := strings.Cut(text, ".")
		if has && (fraction == "" || strings.Trim(fraction, digits) != "") {
			return 0, false
		}
		text = whole
	}
	if text == "" || len(text) > 9 || strings.Trim(text, digits) != "" {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	switch {
	case p.name != year.name:
	case n < 70:
		n += 2000
	case n < 100:
		n += 1900
	}
	return n, err == nil
}

// step reads what is added again and again.
func (p part) step(text string) (n float64, ok bool) {
	if text == "" || strings.Trim(text, digits+".") != "" || p.name != second.name && strings.Contains(text, ".") {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}
