package libtable

import (
	"strings"
	"time"

	"github.com/nixsift/nixsift/internal/flake"
)

// Pin is what a lock file says of the nixpkgs that a flake uses itself.
type Pin struct {
	// Has is the newest release whose changes the pinned nixpkgs surely has.
	Has Release
	// May is the release whose changes it may have, in part: on an unstable branch the one to come.
	May Release
}

// PinOf returns the pin of a flake's own nixpkgs inputs; the oldest of several. ok is false where the lock
// has none or does not tell. A fork tells by the name of its branch only.
func PinOf(f *flake.Flake) (pin Pin, ok bool) {
	if f == nil || f.Lock == nil || f.Lock.RootNode() == nil {
		return Pin{}, false
	}
	for _, in := range f.Children(f.Lock.Root) {
		target, found := f.Target(f.Lock.Root, in.Name)
		if !found {
			continue
		}
		node := f.Lock.Node(target)
		if node == nil {
			continue
		}
		source, known := node.Source()
		if !known || !source.IsNixpkgs() && !isFork(source) {
			continue
		}
		one, known := pinOfNode(node)
		if r, named := ParseRelease(node.Release()); !source.IsNixpkgs() {
			one, known = Pin{r, r}, named // when a fork was changed tells nothing
		}
		switch {
		case !known:
			return Pin{}, false
		case !ok || one.May.Compare(pin.May) < 0:
			pin, ok = one, true
		}
	}
	return pin, ok
}

// isFork reports whether a reference names another repository that is called nixpkgs.
func isFork(r flake.Ref) bool { return !r.IsNixpkgs() && strings.HasSuffix(r.Repository(), "/nixpkgs") }

func pinOfNode(n *flake.LockNode) (Pin, bool) {
	if r, ok := ParseRelease(n.Release()); ok {
		return Pin{r, r}, true
	}
	if n.LastModified() == 0 {
		return Pin{}, false
	}
	has := releasedBy(time.Unix(n.LastModified(), 0).UTC())
	return Pin{has, has.next()}, true
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
