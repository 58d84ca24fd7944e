package main

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"github.com/nixsift/nixsift/internal/changes"
)

// addNowFlag adds the flag that says from when ages count.
func addNowFlag(flags *pflag.FlagSet, at *func() time.Time) {
	flags.Var(moment{at}, "now", "count the age of what is locked from this `DATE`; without it in CI from the date of the commit, else from today")
}

// nowFor returns what tells the moment that ages count from where no flag says it. In CI that is the date of the commit in a folder, so that a run
// on the same commit finds the same; where it is not known, and elsewhere, the clock tells. Git is asked once, and only when somebody wants to know.
func nowFor(dir string) func() time.Time {
	return sync.OnceValue(func() time.Time {
		if ci := os.Getenv("CI"); ci != "" && ci != "false" && ci != "0" {
			if at, err := changes.CommitTime(context.Background(), dir); err == nil {
				return at
			}
		}
		return time.Now()
	})
}

// moment is a flag that takes a day or a moment.
type moment struct{ at *func() time.Time }

func (m moment) String() string {
	if m.at == nil || *m.at == nil {
		return ""
	}
	return (*m.at)().Format(time.RFC3339)
}

// Set reads 2026-05-31, which begins at midnight UTC, or 2026-05-31T12:00:00Z.
func (m moment) Set(text string) error {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			*m.at = func() time.Time { return at }
			return nil
		}
	}
	return errors.New("write a day, as 2026-05-31, or a moment, as 2026-05-31T12:00:00Z")
}

func (moment) Type() string { return "DATE" }
