package flake

import (
	"errors"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
)

// parametersOf are the parameters that the URL form of each type reads (inputFromURL in libfetchers of Nix 2.34).
var parametersOf = func() map[string][]string {
	forge := []string{"ref", "rev", "host", "dir", "narHash"}
	file := []string{"rev", "dir", "narHash", "lastModified", "revCount", "name", "unpack"}
	return map[string][]string{
		TypeGitHub: forge, TypeGitLab: forge, TypeSourceHut: forge, TypeTarball: file, TypeFile: file,
		TypeGit: {
			"ref", "rev", "dir", "shallow", "submodules", "allRefs", "lfs", "exportIgnore", "verifyCommit", "keytype", "publicKey",
			"publicKeys",
		},
		TypeHg:       {"ref", "rev", "dir"},
		TypePath:     {"rev", "dir", "narHash", "lastModified", "revCount"},
		TypeIndirect: {"dir"},
	}
}()

// Parameters returns the names of the parameters that the URL form of a type reads; callers do not write to them. What
// github, gitlab, sourcehut and indirect references have besides is dropped, of path references refused; all other
// types leave it in the URL that they fetch.
func Parameters(typ string) []string { return parametersOf[typ] }

// isSwitch reports whether a parameter of Git references is on with 1 and off with all else.
func isSwitch(name string) bool {
	return slices.Contains([]string{"shallow", "submodules", "allRefs", "lfs", "exportIgnore", "verifyCommit"}, name)
}

// Parameter is one NAME=VALUE of the query of a reference as it is written.
type Parameter struct {
	Name, Value string // decoded
	Start, End  int    // bytes in Ref.Text
}

// Query returns the parameters of a reference in URL form, in source order; what has no = is none, as for Nix.
func (r Ref) Query() (out []Parameter) {
	body, _, _ := strings.Cut(r.Text, "#")
	_, query, ok := strings.Cut(body, "?")
	at := len(body) - len(query)
	for ok {
		var pair string
		pair, query, ok = strings.Cut(query, "&")
		if name, value, found := strings.Cut(pair, "="); found {
			out = append(out, Parameter{Name: decode(name), Value: decode(value), Start: at, End: at + len(pair)})
		}
		at += len(pair) + 1
	}
	return out
}

// Replaced returns the text of the reference with another pair, or none, in the place of a parameter.
func (r Ref) Replaced(p Parameter, pair string) string {
	before, behind := r.Text[:p.Start], r.Text[p.End:]
	switch {
	case pair != "":
		return before + pair + behind
	case strings.HasPrefix(behind, "&"):
		return before + behind[1:]
	}
	return before[:len(before)-1] + behind
}

// URLSpan returns the span of a part of the url of an input, by its bytes in Ref.Text: of the whole value where it is
// not written as it is read.
func (in *Input) URLSpan(start, end int) source.Span {
	span, text := in.URLNode.Span(), in.URLNode.Text()
	quote := 0
	if in.URLNode.Is(ast.String) {
		quote = 1
	}
	if len(text) != len(in.URL)+2*quote || text[quote:len(text)-quote] != in.URL {
		return span
	}
	return source.Span{Start: span.Start + uint32(quote+start), End: span.Start + uint32(quote+end)}
}

// IsSwitch reports whether references of a type have a parameter that 1 turns on and all else off.
func IsSwitch(typ, name string) bool { return typ == TypeGit && isSwitch(name) }

// IsRevision reports whether a text can be a revision.
func IsRevision(text string) bool { return isRev(text) }

// IsNarHash reports whether Nix reads a text as the hash of a source: SHA-256 in SRI form, or nothing.
func IsNarHash(text string) bool { return isNarHash(text) }

// SchemeOf returns the scheme of a reference in URL form: what stands before its colon, or "".
func SchemeOf(text string) string { return strings.TrimSuffix(schemePattern.FindString(text), ":") }

// UnknownScheme reports whether Nix refuses the reference of an input because no fetcher has its scheme.
func (in *Input) UnknownScheme() bool { return errors.Is(in.RefErr, errScheme) }
