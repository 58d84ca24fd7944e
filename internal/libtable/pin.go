package libtable

import "time"

// Pin is what a lock file says of the nixpkgs that a flake uses itself.
type Pin struct {
	// Has is the newest release whose changes the pinned nixpkgs surely has.
	Has Release
	// May is the release whose changes it may have, in part: on an unstable branch the one to come.
	May Release
}

// PinTo returns the pin of what was released, or on an unstable branch changed, at a moment.
func PinTo(t time.Time) Pin {
	has := releasedBy(t.UTC())
	return Pin{has, has.next()}
}

// releasedBy returns the newest release that had branched off from the unstable branch at a date. They
// branch off in the third week of May and of November; to be sure it counts from the end of the month.
func releasedBy(t time.Time) Release {
	year, month := t.Year()%100, int(t.Month())
	switch {
	case month > 11:
		return Release{uint8(year), 11}
	case month > 5:
		return Release{uint8(year), 5}
	}
	return Release{uint8(year - 1), 11}
}
