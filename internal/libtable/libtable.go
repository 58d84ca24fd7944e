// Package libtable holds facts about nixpkgs' lib: which names it has and how many arguments they take,
// which are deprecated or gone since which release, and which release a flake's lock file pins. Names only;
// scripts/libtable writes the table from a copy of lib and from the release notes' facts.
package libtable

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Release is a release of nixpkgs: 25.11 is {25, 11}. The zero value is before all others.
type Release struct{ Year, Month uint8 }

// ParseRelease reads "25.11".
func ParseRelease(s string) (Release, bool) {
	y, m, ok := strings.Cut(s, ".")
	if !ok || len(y) != 2 || len(m) != 2 {
		return Release{}, false
	}
	year, err1 := strconv.ParseUint(y, 10, 8)
	month, err2 := strconv.ParseUint(m, 10, 8)
	return Release{uint8(year), uint8(month)}, err1 == nil && err2 == nil
}

// Compare returns a negative number if r is older than o, a positive one if it is newer, else 0.
func (r Release) Compare(o Release) int {
	return cmp.Or(cmp.Compare(r.Year, o.Year), cmp.Compare(r.Month, o.Month))
}

// IsZero reports whether the release is not known.
func (r Release) IsZero() bool { return r == Release{} }

// String returns the release as people write it.
func (r Release) String() string { return fmt.Sprintf("%02d.%02d", r.Year, r.Month) }

// next returns the release after r.
func (r Release) next() Release {
	if r.Month < 11 {
		return Release{r.Year, 11}
	}
	return Release{r.Year + 1, 5}
}

// Name is one name of lib.
type Name struct {
	Name string
	// Args is the number of arguments after which the function works; 0 for what is no function.
	Args uint8
}

// Names returns the names of the lib that the table was made of, sorted. It must not be changed.
func Names() []Name { return names[:] }

// Lookup returns the entry of lib.NAME, or nil. A missing one may be older or newer than the table.
func Lookup(name string) *Name {
	i, ok := slices.BinarySearchFunc(names[:], name, func(n Name, name string) int { return strings.Compare(n.Name, name) })
	if !ok {
		return nil
	}
	return &names[i]
}

// Part is a part of lib that holds functions, and the names that it has, sorted.
type Part struct {
	Name  string
	Names []string
}

// Parts returns the parts of the lib that the table was made of, sorted. It must not be changed.
func Parts() []Part { return parts[:] }

// PartNamed returns a part of lib, or nil.
func PartNamed(name string) *Part { return partNamed(parts[:], name) }

// DataNamed returns a part of lib that holds data, or nil.
func DataNamed(name string) *Part { return partNamed(data[:], name) }

func partNamed(in []Part, name string) *Part {
	i, ok := slices.BinarySearchFunc(in, name, func(p Part, name string) int { return strings.Compare(p.Name, name) })
	if !ok {
		return nil
	}
	return &in[i]
}

// Has reports whether the part has a name.
func (p *Part) Has(name string) bool {
	_, ok := slices.BinarySearch(p.Names, name)
	return ok
}

// inParts has the names that parts of lib have and lib has not, with the first such part.
var inParts = sync.OnceValue(func() map[string]string {
	found := map[string]string{}
	for _, p := range parts {
		for _, name := range p.Names {
			if _, known := found[name]; !known && Lookup(name) == nil && name[0] != '_' {
				found[name] = p.Name
			}
		}
	}
	return found
})

// InPart returns the part of lib that has a name which lib itself has not; "" where there is none.
func InPart(name string) string { return inParts()[name] }

// OnlyInParts returns the names of which InPart tells, in no order.
func OnlyInParts() []string { return slices.Collect(maps.Keys(inParts())) }

// Data returns parts of lib that hold data, with the names that they had in the release the table is of: others have other ones.
// It must not be changed.
func Data() []Part { return data[:] }

// InData returns the part of lib that holds data of a name; "" where there is none.
func InData(name string) string {
	for i := range data {
		if data[i].Has(name) {
			return data[i].Name
		}
	}
	return ""
}

// Made is the release that the lib of the table is of. Later ones may have other names.
var Made = Release{26, 5}

// flakeOnly are names that lib has where it is that of nixpkgs as a flake.
var flakeOnly = []string{"nixos", "nixosSystem"}

// former are names that releases before those that Deprecations tells of had.
var former = []string{
	"addErrorContextToAttrs", "attrNamesToStr", "composedArgsAndFun", "defaultOverridableDelayableArgs", "defaultPriority", "getConfig", "isUnexpectedNull",
	"mergeAttrByFunc", "mergeAttrsByFuncDefaults", "mergeAttrsByFuncDefaultsClean", "prepareDerivationArgs", "showVal", "strict", "toGNUCommandLine",
	"toGNUCommandLineShell", "traceCall", "traceCall2", "traceCall3", "traceCallXml", "traceShowVal", "traceShowValMarked", "traceValIfNot", "traceXMLVal",
	"traceXMLValMarked",
}

// formerInParts are such names of parts.
var formerInParts = []string{
	"lists.imap", "types.loaOf", "systems.forMeta", "systems.supported",
}

// Ever reports whether some release of nixpkgs has a name in a part of lib, or is known to have had it.
func (p *Part) Ever(name string) bool {
	return p.Has(name) || slices.Contains(formerInParts, p.Name+"."+name) || Deprecated(p.Name+"."+name) != nil
}

// Ever reports whether some release of nixpkgs has a name in lib, or is known to have had it.
func Ever(name string) bool {
	return Lookup(name) != nil || Deprecated(name) != nil || slices.Contains(flakeOnly, name) || slices.Contains(former, name)
}

// Deprecation is a name of lib that should not be used any more.
type Deprecation struct {
	Name string
	// Set is the part of lib that has the name: lists for lib.lists.fold.
	Set string
	// OnlySet is set where lib.NAME is another thing, or none.
	OnlySet bool
	// Use is the path below lib of what replaces it; empty where nothing does. UseSince is the first release
	// with the replacement as it is today; zero for any.
	Use      string
	UseSince Release
	// Same is set where the replacement means exactly the same.
	Same bool
	// Identity is set where it is a function that returns its argument, since UseSince: a call of it may go.
	Identity bool
	// Advice says what to do where Use does not say it all.
	Advice string
	// Since is the release from which nixpkgs says so; zero for any.
	Since Release
	// Gone is the first release without the name; zero where it is still there.
	Gone Release
	// Silent names give no warning when they are evaluated.
	Silent bool
}

// Deprecations returns the table, sorted by name. It must not be changed.
func Deprecations() []Deprecation { return deprecations[:] }

// DeprecatedNames returns the names in it, which IsDeprecatedName tells.
func DeprecatedNames() (names []string) {
	for _, d := range deprecations {
		names = append(names, d.Name)
	}
	return slices.Compact(names)
}

// Deprecated returns what is known of a path below lib, such as "fold" or "lists.fold"; nil for names in
// good order.
func Deprecated(path string) *Deprecation {
	set, name, inSet := strings.Cut(path, ".")
	if !inSet {
		set, name = "", path
	}
	i, _ := slices.BinarySearchFunc(deprecations[:], name, func(d Deprecation, name string) int { return strings.Compare(d.Name, name) })
	for ; i < len(deprecations) && deprecations[i].Name == name; i++ {
		d := &deprecations[i]
		if inSet && d.Set == set || !inSet && !d.OnlySet {
			return d
		}
	}
	return nil
}
