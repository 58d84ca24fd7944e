package config

import (
	"embed"
	"path"
	"slices"
	"strings"
)

// packPrefix begins the names of the packs of rules that the program brings.
const packPrefix = "nixsift:"

//go:embed packs/*.toml
var packs embed.FS

// Packs returns the names of the packs of rules that the program brings, as `extends` takes them, sorted.
func Packs() (names []string) {
	entries, err := packs.ReadDir("packs")
	if err != nil {
		panic(err) // they are part of the program
	}
	for _, e := range entries {
		names = append(names, packPrefix+strings.TrimSuffix(e.Name(), Ext))
	}
	slices.Sort(names)
	return names
}

// pack returns the text of a pack; ok is false where there is none of that name.
func pack(name string) (text string, ok bool) {
	name, ok = strings.CutPrefix(name, packPrefix)
	if !ok || strings.ContainsAny(name, `/\`) {
		return "", false
	}
	b, err := packs.ReadFile(path.Join("packs", name+Ext))
	return string(b), err == nil
}
