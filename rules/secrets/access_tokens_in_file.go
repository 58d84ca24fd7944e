package secrets

import (
	"regexp"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/secret"
	"github.com/nixsift/nixsift/internal/shell"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "access-tokens-in-file", Family: family, Since: "0.1.0",
	Summary: "The setting `access-tokens` of Nix has a token in it",
	Doc: "`nix.settings.access-tokens` and `nix.extraOptions` are written to `/etc/nix/nix.conf`, which is a file of the Nix store that everybody can\n" +
		"read; `nixConfig` of a flake and scripts are in Git. Write the setting into a file that only its owner can read, and name it in\n" +
		"`nix.conf`: `!include /run/secrets/nix-access-tokens.conf`.\n" +
		"\n" +
		"Variables in that place are no finding, and tokens of known form are told by `inline-token`.",
	Severity: diag.Warning, Presets: rules.Recommended,
	On: []ast.Kind{ast.File},
	Node: func(p *rules.Pass, _ ast.Node) {
		for _, at := range accessTokens(p.Tree.Source()) {
			if inUsedText(p, at) && !(p.Runs("inline-token") && known(p.Tree.Source(), at)) {
				p.ReportMildly(accessToken(at), diag.Hint)
			}
		}
	},
	Script: func(p *rules.Pass, d *shell.Doc) {
		for _, at := range accessTokens(d.Text) {
			if !commented(d.Text, at.Start) && !(p.Runs("inline-token") && known(d.Text, at)) {
				p.ReportMildly(accessToken(at), diag.Hint)
			}
		}
	},
})

const accessTokensName = "access-tokens"

// accessTokenOf matches a host and its token (Nix, libfetchers/fetch-settings.hh), as nix.conf and sets of Nix have them.
var accessTokenOf = regexp.MustCompile(`[A-Za-z0-9-]+\.[A-Za-z0-9./-]+["']?[ ]*=[ ]*["']?(?:PAT:|OAuth2:|oauth2:)?([A-Za-z0-9_.~+/-]{8,}=*)`)

// accessTokens finds the tokens in settings of Nix in a text.
func accessTokens(text string) (out []source.Span) {
	for at := 0; ; {
		i := strings.Index(text[at:], accessTokensName)
		if i < 0 {
			return out
		}
		start := at + i + len(accessTokensName)
		const most = 2000
		end := min(len(text), start+most)
		if j := strings.IndexAny(text[start:end], ";"); j >= 0 {
			end = start + j
		}
		if j := strings.IndexByte(text[start:end], '\n'); j >= 0 && !strings.ContainsAny(text[start:start+j], "[{") {
			end = start + j
		}
		at = start
		for _, m := range accessTokenOf.FindAllStringSubmatchIndex(text[start:end], -1) {
			value := text[start+m[2] : start+m[3]]
			if !secret.IsPlaceholder(value) && !secret.IsWeak(value) && strings.ContainsAny(value, "0123456789") && secret.Entropy(value) > 2.6 {
				out = append(out, source.Span{Start: uint32(start + m[2]), End: uint32(start + m[3])})
				at = start + m[3]
			}
		}
	}
}

// known reports whether a token has the form that its issuer gives it.
func known(text string, at source.Span) bool { return len(secret.Find(at.Of(text))) > 0 }

func accessToken(at source.Span) diag.Finding {
	return diag.Finding{
		Span: at, Secret: true, Message: "the token in `" + accessTokensName + "` is in the file, and so in Git and in a `nix.conf` that everybody can read",
		Help: "revoke it; write the setting into a file that is put there at run time, and `!include` that in `nix.conf`",
	}
}
