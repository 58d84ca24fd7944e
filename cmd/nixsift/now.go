package main

import (
	"errors"
	"time"
)

// moment is a flag that takes a day or a moment.
type moment struct{ at *time.Time }

func (m moment) String() string {
	if m.at == nil || m.at.IsZero() {
		return ""
	}
	return m.at.Format(time.RFC3339)
}

// Set reads 2026-05-31, which begins at midnight UTC, or 2026-05-31T12:00:00Z.
func (m moment) Set(text string) error {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			*m.at = at
			return nil
		}
	}
	return errors.New("write a day, as 2026-05-31, or a moment, as 2026-05-31T12:00:00Z")
}

func (moment) Type() string { return "DATE" }
