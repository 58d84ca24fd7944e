package flake

import (
	"path"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
)

// machinePath returns the absolute path of one machine that a reference names, and how bad that is; ok is
// false for others and for what is surely meant to be replaced.
func machinePath(ref flake.Ref) (name string, severity diag.Severity, ok bool) {
	name, ok = ref.LocalPath()
	if !ok || !path.IsAbs(name) {
		return "", diag.Off, false
	}
	switch clean := path.Clean(name); {
	case clean == "/dev/null", strings.ContainsAny(name, "@$<>{}"), clean == "/path" || strings.HasPrefix(clean, "/path/"):
		return "", diag.Off, false
	case clean == "/etc/nixos", strings.HasPrefix(clean, "/etc/nixos/"), strings.HasPrefix(clean, "/run/"):
		return name, diag.Info, true // system folders that each machine of a kind has
	}
	return name, diag.Warning, true
}
