package libtable

import "time"

// Known is when the table of releases was made: what came later is not in it.
var Known = date(2026, time.May, 31)

// support has the last day of support of each release of NixOS that the table knows, in the order of the releases: a release gets
// fixes until a month after the next one (release-wiki, EOL Cleanup). What is older than the first has had none for years.
var support = []struct {
	Release
	until time.Time
}{
	{Release{20, 9}, date(2021, time.June, 30)},
	{Release{21, 5}, date(2021, time.December, 31)},
	{Release{21, 11}, date(2022, time.June, 30)},
	{Release{22, 5}, date(2022, time.December, 31)},
	{Release{22, 11}, date(2023, time.June, 30)},
	{Release{23, 5}, date(2023, time.December, 31)},
	{Release{23, 11}, date(2024, time.June, 30)},
	{Release{24, 5}, date(2024, time.December, 31)},
	{Release{24, 11}, date(2025, time.June, 30)},
	{Release{25, 5}, date(2025, time.December, 31)},
	{Release{25, 11}, date(2026, time.June, 30)},
	{Release{26, 5}, date(2026, time.December, 31)},
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// Newest returns the newest release that the table of releases knows.
func Newest() Release { return support[len(support)-1].Release }

// Support returns the last day on which a release of NixOS gets fixes, at midnight UTC; for those before 20.09 that of 20.09. ok is false
// for what the table does not know: later releases, and numbers that none has.
func Support(r Release) (until time.Time, ok bool) {
	if r.IsZero() {
		return time.Time{}, false
	}
	if r.Compare(support[0].Release) < 0 {
		return support[0].until, true
	}
	for _, s := range support {
		if s.Release == r {
			return s.until, true
		}
	}
	return time.Time{}, false
}

// Outdated reports whether the table of releases surely lacks some at a moment: the newest one that it knows has ended.
func Outdated(now time.Time) bool { return now.After(support[len(support)-1].until) }
