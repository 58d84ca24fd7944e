package flake

import (
	"strings"
	"time"

	"github.com/nixsift/nixsift/internal/libtable"
)

// Pin returns what the lock file pins of the flake's own nixpkgs inputs; the oldest of several. ok is false where the lock
// has none or does not tell. A fork tells by the name of its branch only.
func (f *Flake) Pin() (pin libtable.Pin, ok bool) {
	if f == nil || f.Lock == nil || f.Lock.RootNode() == nil {
		return libtable.Pin{}, false
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
		if r, named := libtable.ParseRelease(node.Release()); !source.IsNixpkgs() {
			one, known = libtable.Pin{Has: r, May: r}, named // when a fork was changed tells nothing
		}
		switch {
		case !known:
			return libtable.Pin{}, false
		case !ok || one.May.Compare(pin.May) < 0:
			pin, ok = one, true
		}
	}
	return pin, ok
}

// isFork reports whether a reference names another repository that is called nixpkgs.
func isFork(r Ref) bool { return !r.IsNixpkgs() && strings.HasSuffix(r.Repository(), "/nixpkgs") }

func pinOfNode(n *LockNode) (libtable.Pin, bool) {
	if r, ok := libtable.ParseRelease(n.Release()); ok {
		return libtable.Pin{Has: r, May: r}, true
	}
	if n.LastModified() == 0 {
		return libtable.Pin{}, false
	}
	return libtable.PinTo(time.Unix(n.LastModified(), 0)), true
}
