package flake

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/flake"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "flake-input-insecure-url", Family: family, Since: "0.1.0",
	Summary: "An input is fetched over a connection that is neither encrypted nor authenticated",
	Doc: "Over `http://`, `git+http://` and `git://` whoever sits between can give other sources when the input is locked or\n" +
		"updated; the lock file then pins those. Write `https://`, `git+https://` or `git+ssh://`.\n" +
		"\n" +
		"Inputs with a `rev` or a `narHash` are silent, as are hosts of private networks.",
	Severity: diag.Warning, Presets: rules.Recommended, Fix: rules.FixSometimes, SafeFix: rules.NoSafeFix,
	Flake: func(p *rules.Pass, f *flake.Flake) {
		insecure := func(in *flake.Input) []diag.Finding {
			scheme := strings.Replace(in.Ref.Scheme(), "git+git+", "git+", 1) // beside a type the url may have git+, too
			secure := strings.Replace(scheme, "http", "https", 1)
			switch scheme {
			case "http", "git+http", "hg+http":
			case "git":
				secure = "git+https"
			default:
				return nil
			}
			u, err := url.Parse(in.Ref.URL)
			if in.RefErr != nil || in.Ref.IsPinned() || err != nil || private(u.Hostname()) {
				return nil
			}
			finding := diag.Finding{
				Span:    in.URLNode.Span(),
				Message: fmt.Sprintf("input %s is fetched by %s, which is neither encrypted nor authenticated", inputCode(in), diag.Code(scheme+"://")),
				Help:    "write " + diag.Code(secure+"://"),
			}
			before, rest, ok := strings.Cut(in.URL, "://")
			switch _, typed := in.FetcherAttr("type"); {
			case !ok || u.Port() != "":
			case typed && strings.HasPrefix(before, in.Ref.Type+"+"):
				finding.Fixes = rewriteURL(in, in.Ref.Type+"+https://"+rest)
			case typed:
				finding.Help = "write `https://`"
				finding.Fixes = rewriteURL(in, "https://"+rest)
			case strings.HasPrefix(before, "tarball+") || strings.HasPrefix(before, "file+"):
				finding.Fixes = rewriteURL(in, before+"s://"+rest)
			default:
				finding.Fixes = rewriteURL(in, secure+"://"+rest)
			}
			return []diag.Finding{finding}
		}
		eachURL(p, f, insecure)
		eachTyped(p, f, func(in *flake.Input) []diag.Finding {
			if !in.URLNode.IsValid() {
				return nil
			}
			return insecure(in)
		})
	},
})

// private reports whether a host lies on this machine or in a private network.
func private(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast()
	}
	if !strings.Contains(host, ".") {
		return true
	}
	for _, suffix := range []string{".local", ".localhost", ".lan", ".home", ".internal", ".intranet", ".home.arpa", ".ts.net", ".onion", ".i2p"} {
		if strings.HasSuffix(host, suffix) {
			return true
		}
	}
	return false
}
