package secrets

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/nixsift/nixsift/ast"
	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/diag"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/internal/role"
	"github.com/nixsift/nixsift/internal/secret"
	"github.com/nixsift/nixsift/rules"
)

var _ = rules.Register(&rules.Rule{
	ID: "plaintext-password", Family: family, Since: "0.1.0",
	Summary: "A password or token is written as the value of an option",
	Doc: "What an option holds is written into a file of the Nix store, which everybody on the machine can read, goes to every cache and machine\n" +
		"that the configuration is copied to, and stands in the history of Git for good.\n" +
		"\n" +
		"Options that take the name of a file, as `hashedPasswordFile`, `passwordFile`, `tokenFile` and `environmentFile`, read the secret on the\n" +
		"machine. sops-nix and agenix put such files there; write their path as a string, `config.sops.secrets.NAME.path`.\n" +
		"\n" +
		"Known are the options of NixOS, nix-darwin and home-manager that take a secret, and settings of services whose names say so. Hashes of\n" +
		"passwords, initial passwords and values like `changeme` are told as info; a text\n" +
		"where a hash belongs that has no form of one is a password in plain text. Nothing is said of what stands for a secret that is put in later,\n" +
		"as `$NAME` and `@NAME@`, of durations, of names of fields and headers, of the examples of options, of the machines of a test and of\n" +
		"`virtualisation.vmVariant`. A value that is read from an option of the same file is looked for where that is\n" +
		"defined, and in its default; in another file, where the project declares the option, its name says what it holds, and both files are surely\n" +
		"modules of one system. An option that takes a file, as `passwordFile`, is looked at for a file that `writeText` or `builtins.toFile` makes\n" +
		"of the secret. In files for tests, examples and templates, findings are hints.",
	Severity: diag.Warning, Presets: rules.Recommended,
	Asks: project.ForPassedOptions,
	On:   []ast.Kind{ast.Binding, ast.Inherit},
	File: func(p *rules.Pass) {
		r := newReader(p)
		told, other := map[source.Span]bool{}, elsewhere(p, p.Tree.Source())
		r.attributesOf(maySecret, func(a attribute) {
			if a.last == usersOf && r.Follow(a.value).Is(ast.AttrSet) {
				r.basicAuth(p, a, told)
				return
			}
			if takesSecretFile(a.last) && !secret.IsName(a.last) {
				r.madeFile(p, a, told, other)
				return
			}
			if _, static := ast.StringValue(a.value.Unparen()); !static && a.value.Unparen().Is(ast.AttrSet) {
				return
			}
			for _, l := range r.fragments(a.value) {
				if told[l.at] || isStandIn(l.value) || isHash(l.value) && !mayHash(a.last) || bare.MatchString(l.value) && !mayHash(a.last) {
					continue
				}
				for _, path := range r.pathsOf(a) {
					o, ok := secretOption(path)
					if !ok {
						continue
					}
					if !other(l.at) && !apart(p, a.node) && !slices.ContainsFunc(path, role.HoldsTest) {
						told[l.at] = true
						reportPassword(p, o, l, a)
					}
					break
				}
			}
		})
		r.passedOn(p, told, other)
	},
})

// maySecret reports whether an attribute may be an option that takes a secret.
func maySecret(name string) bool {
	return name == usersOf || optionNames[name] || secret.IsName(name) || takesSecretFile(name)
}

// mayHash reports whether the hash of what an option holds tells something: passwords can be guessed from it, what is made at random cannot.
func mayHash(name string) bool {
	return strings.Contains(strings.ToLower(name), "pass") || name == usersOf
}

// isStandIn reports whether a value stands for a password that comes from elsewhere, or says that there is none.
func isStandIn(value string) bool {
	if isHash(value) {
		return false
	}
	if secret.IsPlaceholder(value) {
		return true
	}
	if duration.MatchString(value) || isoDuration.MatchString(value) || nameOfField.MatchString(value) {
		return true
	}
	return slices.Contains([]string{"ldap", "oauth2", "x", "none", "null", "true", "false", "yes", "no", "optional", "required", "disabled", "enabled", "prompt", "ask", "auto", "env", "keyring"}, strings.ToLower(value))
}

// duration matches how long something holds, as a token does, with its unit.
var duration = regexp.MustCompile(`^([0-9]+(\.[0-9]+)? ?(ms|s|sec|secs|seconds?|m|min|mins|minutes?|h|hours?|d|days?|w|weeks?|months?|y|years?) ?)+$`)

// isoDuration matches one of ISO 8601.
var isoDuration = regexp.MustCompile(`^P([0-9]+[YMWD])*(T([0-9]+[HMS])+)?$`)

// bare matches a number as durations in seconds and sizes are written.
var bare = regexp.MustCompile(`^[0-9]{1,7}$`)

// nameOfField matches the name of a field of a form, or of a header, that has the secret.
var nameOfField = regexp.MustCompile(`^([a-z]+_)*(password|passwd|token|secret)_(field|attribute|header|column|input)$|^X-([A-Z][A-Za-z]*-)*(Token|Key|Secret|Password)$`)

// basicAuth reports the passwords of nginx, whose names are those of users.
func (r *reader) basicAuth(p *rules.Pass, a attribute, told map[source.Span]bool) {
	set := r.Follow(a.value)
	if !set.Is(ast.AttrSet) || apart(p, a.node) {
		return
	}
	for c := range set.Children() {
		b, ok := ast.AsBinding(c)
		if !ok {
			continue
		}
		for _, l := range r.fragments(b.Value()) {
			if told[l.at] || isStandIn(l.value) {
				continue
			}
			for _, path := range r.pathsOf(a) {
				if o, ok := secretOption(append(path, "*")); ok {
					told[l.at] = true
					reportPassword(p, o, l, attribute{c, usersOf, b.Value()})
					break
				}
			}
		}
	}
}

// madeFile reports a secret that is written into a file of the store for an option that takes its name: passwordFile = writeText "x" "…".
func (r *reader) madeFile(p *rules.Pass, a attribute, told map[source.Span]bool, other func(source.Span) bool) {
	for _, leaf := range r.literals(a.value) {
		at := leaf
		for range maxLevels { // "${writeText …}", toString, and parentheses
			if first := at.FirstChild(); isText(at) && first.IsValid() && first.Start() == at.Start()+1 {
				at = r.Follow(first.FirstChild())
				continue
			}
			break
		}
		fn, args := ast.Call(at)
		text := ast.Node{}
		switch name := ast.LastName(fn); {
		case !slices.Contains(writers, name):
			continue
		case len(args) == 2:
			text = args[1]
		case len(args) == 1:
			if b, has := ast.Attr(r.Follow(args[0]), "text"); has {
				text = b.Value()
			}
		}
		for _, l := range r.fragments(text) {
			if told[l.at] || isStandIn(l.value) || isHash(l.value) || strings.ContainsAny(strings.TrimSpace(l.value), "\n") || other(l.at) || apart(p, a.node) {
				continue
			}
			told[l.at] = true
			f := diag.Finding{
				Span: l.at, Severity: diag.Warning, Secret: true,
				Message: fmt.Sprintf("the file for `%s` is made in the Nix store, where everybody can read it", a.last),
				Help:    "name a file that is there at run time; sops-nix or agenix can put it there",
			}
			if secret.IsWeak(l.value) {
				f.Severity = diag.Info
			}
			p.ReportMildly(f, diag.Hint)
		}
	}
}

func reportPassword(p *rules.Pass, o option, l fragment, a attribute) {
	what := "the secret"
	severity := o.severity()
	switch {
	case o.hashed && isDummy(l.value):
		what, severity = "what stands for the hash of a password", diag.Hint
	case o.hashed && isNoHash(l.value) && !secret.IsToReplace(l.value):
		what = "a password in plain text, where a hash belongs,"
		p.ReportMildly(passwordFinding(what, diag.Warning, &o, l, a), diag.Hint)
		return
	case o.hashed || isHash(l.value):
		what, severity = "the hash of a password", diag.Info
	case strings.Contains(strings.ToLower(a.last), "pass") || a.last == usersOf:
		what = "the password"
	case strings.Contains(strings.ToLower(a.last), "token"):
		what = "the token"
	case strings.Contains(strings.ToLower(a.last), "key"):
		what = "the key"
	}
	if secret.IsWeak(l.value) {
		severity = min(severity, diag.Info)
	}
	p.ReportMildly(passwordFinding(what, severity, &o, l, a), diag.Hint)
}

func passwordFinding(what string, severity diag.Severity, o *option, l fragment, a attribute) diag.Finding {
	f := diag.Finding{Span: l.at, Severity: severity, Secret: true,
		Message: fmt.Sprintf("%s in `%s` is in Git and in the Nix store, where everybody can read it", what, a.last), Help: helpFor(o)}
	if !a.value.Span().Covers(l.at) {
		f.Related = []diag.Related{{Span: nameSpan(a), Message: "it is given to the option here"}}
	}
	return f
}

// helpFor says how the option gets its secret.
func helpFor(o *option) string {
	if o.instead != "" {
		return "use `" + o.instead + "`, so that it is read on the machine; sops-nix or agenix can put it there"
	}
	return "give it at run time: an option that takes a file, `EnvironmentFile`, or `LoadCredential`; sops-nix or agenix can put it there"
}

// nameSpan returns where an attribute is named.
func nameSpan(a attribute) source.Span {
	if b, ok := ast.AsBinding(a.node); ok {
		return b.Attrpath().Span()
	}
	return a.node.Span()
}

// isDummy reports whether a value says of itself that it is no hash.
func isDummy(value string) bool {
	lower := strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(value))
	return !isHash(value) && (strings.Contains(lower, "donotuse") || strings.Contains(lower, "dummy") || strings.Contains(lower, "nohash") || strings.Contains(lower, "notahash"))
}

// isNoHash reports whether a value has none of the forms that programs write hashes in: parts between dollar signs or behind the name of a
// scheme, the 13 letters of DES (crypt(5)), or long runs of digits and letters; nor locks an account, as ! and * do.
func isNoHash(value string) bool {
	return value != "" && !isHash(value) && !strings.ContainsAny(value[:1], "$!*{_@<%") && strings.Count(value, "$") < 2 && !desHash.MatchString(value) &&
		!digest.MatchString(value) && !nameOfHash.MatchString(value)
}

var (
	desHash = regexp.MustCompile(`^[./0-9A-Za-z]{13}$`)
	// digest matches what a function of hashing gives in hexadecimal digits or Base64, maybe with its name in front.
	digest = regexp.MustCompile(`^([0-9A-Za-z-]+:)?([0-9a-f]{4,}:)?([0-9A-Fa-f]{32,}|[+/=0-9A-Za-z_-]{22,})$`)
	// nameOfHash matches what says that it stands for a hash.
	nameOfHash = regexp.MustCompile(`(?i)hash|crypt|^(np|lk|locked|nologin)$`)
)

// isHash reports whether a value is the hash of a password as crypt(5) and password managers write it.
func isHash(value string) bool {
	for _, prefix := range []string{"$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$7$", "$y$", "$gy$", "$argon2", "grub.pbkdf2", "{SSHA", "{PBKDF2", "$pbkdf2"} {
		if strings.HasPrefix(value, prefix) {
			return true
		}
	}
	return false
}
