package libtable

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestSupport holds the table of releases to its own form: releases in order, each of which ends when the next one is there.
func TestSupport(t *testing.T) {
	for i, s := range support {
		assert.Equal(t, 1, s.until.AddDate(0, 0, 1).Day(), "%s ends with a month", s.Release)
		if i > 0 {
			assert.Positive(t, s.Compare(support[i-1].Release))
			assert.True(t, s.until.After(support[i-1].until))
			if i > 1 {
				assert.Equal(t, support[i-1].next(), s.Release, "releases are there without a gap")
			}
		}
	}
	assert.True(t, Known.Before(support[len(support)-1].until))
	until, ok := Support(Release{24, 5})
	assert.True(t, ok)
	assert.Equal(t, "2024-12-31", until.Format(time.DateOnly))
	until, ok = Support(Release{17, 3})
	assert.True(t, ok)
	assert.Equal(t, "2021-06-30", until.Format(time.DateOnly))
	for _, r := range []Release{{}, {24, 6}, Newest().next()} {
		_, ok := Support(r)
		assert.False(t, ok, r)
	}
	assert.False(t, Outdated(Known))
	assert.True(t, Outdated(Known.AddDate(1, 0, 0)))
}
