package flake

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/internal/near"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-input-bad-parameter", Family: family, Since: "0.1.0",
	Summary: "A parameter in the url of an input has no effect, or is refused",
	Doc: "Each type of reference has parameters of its own, and does something else with all others:\n" +
		"\n" +
		"- `github:`, `gitlab:`, `sourcehut:` and `flake:` drop them: `github:owner/repo?submodules=1` has no submodules;\n" +
		"- paths refuse them: \"path URL 'path:./x?submodules=1' has unsupported parameter 'submodules'\";\n" +
		"- Git and Mercurial leave them in the URL that is fetched; reported is what is meant for Nix, as `branch` and `tag`.\n" +
		"\n" +
		"`submodules`, `shallow`, `lfs`, `allRefs` and `exportIgnore` are on with `1` only: `submodules=true` turns them off.\n" +
		"In attribute form they are attributes: of `url = \"https://…?ref=main\"` beside `type = \"git\"` the `ref` goes to the server.\n" +
		"`rev` has to be a whole revision (\"hash 'main' has wrong length for hash algorithm 'sha1'\"), `narHash` a SHA-256\n" +
		"hash in SRI form (\"hash 'x' is not SRI\"), and references to GitHub,\n" +
		"GitLab and SourceHut have one of `ref` and `rev`. What Nix refuses is an error, the rest a warning.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		eachURL(p, f, badParameters)
		eachTyped(p, f, badAttrs)
	},
})

// spelt are names that are used for parameters of another name.
var spelt = map[string]string{
	"branch": "ref", "tag": "ref", "commit": "rev", "revision": "rev", "hash": "narHash", "sha256": "narHash", "subdir": "dir",
	"directory": "dir", "submodule": "submodules", "fetchSubmodules": "submodules",
}

func badParameters(in *flake.Input) (found []diag.Finding) {
	text := in.Ref.Text
	scheme := flake.SchemeOf(text)
	forge := scheme == "github" || scheme == "gitlab" || scheme == "sourcehut"
	typ := in.Ref.Type
	if forge {
		typ = scheme // though it is read as a path for what is wrong with it
	} else if typ == flake.TypePath && misreadAsPath(text, in.Ref) {
		return nil // flake-input-bad-url
	}
	known := flake.Parameters(typ)
	named := map[string]flake.Parameter{}
	for _, q := range in.Ref.Query() {
		finding := diag.Finding{Span: in.URLSpan(q.Start, q.End)}
		meant := spelt[q.Name]
		if meant == "" {
			meant = near.Find(q.Name, known)
		}
		if !slices.Contains(known, meant) {
			meant = ""
		}
		named[q.Name] = q
		switch {
		case !slices.Contains(known, q.Name):
			if !unknownParameter(&finding, in, typ, q, meant) {
				continue
			}
		case q.Name == "rev" && !flake.IsRevision(q.Value) && (forge || typ == flake.TypeGit):
			finding.Severity = diag.Error
			finding.Message = fmt.Sprintf("%s is not a whole revision", diag.Code(q.Value))
			finding.Help = "write all 40 digits of the commit"
			if _, has := named["ref"]; !has && !hex(q.Value) && in.Ref.Ref == "" && !strings.Contains(text, "ref=") {
				finding.Help = "for a branch or a tag write `ref`"
				finding.Fixes = rewriteURL(in, in.Ref.Replaced(q, "ref="+text[q.Start+len("rev="):q.End]))
			}
		case q.Name == "narHash" && !flake.IsNarHash(q.Value):
			finding.Severity = diag.Error
			finding.Message, finding.Help = badNarHash(q.Value)
		case typ == flake.TypePath && (q.Name == "lastModified" || q.Name == "revCount") && !isNumber(q.Value):
			finding.Severity = diag.Error
			finding.Message = fmt.Sprintf("%s is no number, and Nix refuses it", diag.Code(q.Name))
		case flake.IsSwitch(typ, q.Name) && q.Value != "1" && q.Value != "0" && q.Value != "false" && q.Value != "":
			finding.Message = fmt.Sprintf("%s is off: Nix turns it on by `1` only", diag.Code(q.Name))
			finding.Help = "write " + diag.Code(q.Name+"=1")
			finding.Fixes = rewriteURL(in, in.Ref.Replaced(q, q.Name+"=1"))
		default:
			continue
		}
		found = append(found, finding)
	}
	if len(found) == 0 && forge && in.Ref.Type == flake.TypePath {
		found = append(found, twoRefs(in, named)...)
	}
	return found
}

// badNarHash returns what is told of a hash that Nix refuses: "hash 'x' is not SRI", "narHash must use SHA-256".
func badNarHash(text string) (message, help string) {
	return fmt.Sprintf("%s is no SHA-256 hash in SRI form, and Nix refuses it", diag.Code(text)), "write `sha256-` and the hash in base64, or leave `narHash` to flake.lock"
}

// isNumber reports whether Nix reads a text as a number of 64 bits without a sign.
func isNumber(text string) bool {
	_, err := strconv.ParseUint(text, 10, 64)
	return err == nil
}

// unknownParameter completes a finding about a parameter that a type does not have; ok is false where it may be for the
// server.
func unknownParameter(finding *diag.Finding, in *flake.Input, typ string, q flake.Parameter, meant string) (ok bool) {
	text := in.Ref.Text
	switch typ {
	case flake.TypePath:
		finding.Severity = diag.Error
		finding.Message = fmt.Sprintf("a path has no parameter %s, and Nix refuses it", diag.Code(q.Name))
		finding.Help = "remove it"
		finding.Fixes = rewriteURL(in, in.Ref.Replaced(q, ""))
		return true
	case flake.TypeGitHub, flake.TypeGitLab, flake.TypeSourceHut, flake.TypeIndirect:
		finding.Message = fmt.Sprintf("%s references have no parameter %s: it has no effect", diag.Code(in.Ref.Scheme()+":"), diag.Code(q.Name))
		finding.Help = "remove it"
		if git := asGit(in.Ref); git != "" && slices.Contains(flake.Parameters(flake.TypeGit), q.Name) {
			pair := text[q.Start:q.End]
			if flake.IsSwitch(flake.TypeGit, q.Name) {
				pair = q.Name + "=1"
			}
			finding.Help = "use a Git reference: " + diag.Code(git+pair)
			return true
		}
	case flake.TypeGit, flake.TypeHg:
		if meant == "" {
			return false
		}
		finding.Message = fmt.Sprintf("%s references have no parameter %s: it is sent to the server", diag.Code(in.Ref.Scheme()+":"), diag.Code(q.Name))
	default:
		return false
	}
	if meant != "" && !has(in.Ref, meant) {
		finding.Help = "did you mean " + diag.Code(meant) + "?"
		finding.Fixes = rewriteURL(in, in.Ref.Replaced(q, meant+text[q.Start+strings.IndexByte(text[q.Start:q.End], '='):q.End]))
	}
	return true
}

// has reports whether a reference has a ref, a rev or a parameter.
func has(r flake.Ref, name string) bool {
	if name == "ref" || name == "rev" {
		return r.Ref != "" || r.Rev != ""
	}
	return slices.ContainsFunc(r.Query(), func(q flake.Parameter) bool { return q.Name == name })
}

// asGit returns the Git reference of a repository of a forge up to the sign before another parameter, or "".
func asGit(r flake.Ref) string {
	host := r.ForgeHost()
	if host == "" || r.Dir != "" {
		return ""
	}
	text := "git+https://" + host + "/" + r.Owner + "/" + r.Repo + "?"
	if r.Ref != "" {
		text += "ref=" + r.Ref + "&"
	}
	if r.Rev != "" {
		text += "rev=" + r.Rev + "&"
	}
	return text
}

// twoRefs finds a ref beside a rev, or either twice, for which Nix reads a reference to a forge as a path.
func twoRefs(in *flake.Input, named map[string]flake.Parameter) []diag.Finding {
	for _, name := range []string{"ref", "rev"} {
		q, ok := named[name]
		if !ok {
			continue
		}
		body, _, _ := strings.Cut(in.Ref.Text, "?")
		_, both := named["rev"]
		if _, ref := named["ref"]; strings.Count(body, "/") > 1 || both && ref {
			return []diag.Finding{{
				Span: in.URLSpan(q.Start, q.End), Severity: diag.Error,
				Message: fmt.Sprintf("the reference has another revision, branch or tag beside %s", diag.Code(name)),
				Help:    "keep one of them",
			}}
		}
	}
	return nil
}

func hex(s string) bool { return strings.Trim(s, "0123456789abcdefABCDEF") == "" }
