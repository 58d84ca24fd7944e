package flake

import (
	"encoding/base64"
	"path"
	"regexp"
	"strings"
)

// attrRule says what Nix asks of an attribute of a locked or original reference.
type attrRule struct {
	kind     jsonKind // jsonNull for any
	required bool
	// valid reports whether the text is one that Nix can read; nil for all. Where lockedOnly is set, only the locked
	// reference is looked at so closely.
	valid      func(text string) bool
	lockedOnly bool
	what       string // what a valid text is, for messages
}

var (
	anyAttr    = attrRule{}
	stringAttr = attrRule{kind: jsonString}
	numberAttr = attrRule{kind: jsonNumber}
	flagAttr   = attrRule{kind: jsonBool}
	laterFlag  = attrRule{kind: jsonBool, lockedOnly: true}
	nameAttr   = attrRule{kind: jsonString, required: true}
	hashAttr   = attrRule{kind: jsonString, valid: isNarHash, lockedOnly: true, what: "a SHA-256 hash in SRI form"}
	forgeRev   = attrRule{kind: jsonString, valid: isSHA1, what: "a revision"}
	laterRev   = attrRule{kind: jsonString, valid: isRev, lockedOnly: true, what: "a revision"}
	gitRefAttr = attrRule{kind: jsonString, valid: IsGitRef, what: "the name of a branch or tag"}
	hgRefAttr  = attrRule{kind: jsonString, valid: isHgRef, what: "the name of a branch or tag"}
	gitURLAttr = attrRule{kind: jsonString, required: true, valid: isURLText, what: "a URL"}
	urlAttr    = attrRule{kind: jsonString, required: true, valid: isAbsoluteURL, lockedOnly: true, what: "a URL"}
)

// forgeAttrs, gitAttrs and so on are the attributes that the fetchers of the types take (allowedAttrs and
// inputFromAttrs in libfetchers of Nix 2.34), besides type and dir.
var (
	forgeAttrs = map[string]attrRule{
		"owner": nameAttr, "repo": nameAttr, "ref": gitRefAttr, "rev": forgeRev, "narHash": hashAttr, "lastModified": numberAttr,
		"host":     {kind: jsonString, valid: forgeHost.MatchString, what: "the name of a host"},
		"treeHash": anyAttr,
	}
	gitAttrs = map[string]attrRule{
		"url": gitURLAttr, "ref": gitRefAttr, "rev": laterRev, "narHash": hashAttr, "lastModified": numberAttr, "revCount": numberAttr,
		"shallow": flagAttr, "submodules": flagAttr, "allRefs": flagAttr, "lfs": laterFlag, "exportIgnore": laterFlag,
		"name": anyAttr, "dirtyRev": anyAttr, "dirtyShortRev": anyAttr,
		// With the experimental feature verified-fetches.
		"verifyCommit": anyAttr, "keytype": anyAttr, "publicKey": anyAttr, "publicKeys": anyAttr,
	}
	hgAttrs = map[string]attrRule{
		"url": {kind: jsonString, required: true, valid: isAbsoluteURL, what: "a URL"},
		"ref": hgRefAttr, "rev": laterRev, "narHash": hashAttr, "revCount": numberAttr, "name": anyAttr,
	}
	fileAttrs = map[string]attrRule{
		"url": urlAttr, "rev": anyAttr, "narHash": hashAttr, "lastModified": numberAttr, "revCount": numberAttr,
		"name": anyAttr, "unpack": anyAttr,
	}
	pathAttrs = map[string]attrRule{
		"path": nameAttr, "rev": anyAttr, "narHash": hashAttr, "lastModified": numberAttr, "revCount": numberAttr,
	}
	indirectAttrs = map[string]attrRule{
		"id":  {kind: jsonString, required: true, valid: IsID, what: "an id of the registry"},
		"ref": stringAttr, "rev": laterRev, "narHash": hashAttr,
	}
	attrsOfType = map[string]map[string]attrRule{
		TypeGitHub: forgeAttrs, TypeGitLab: forgeAttrs, TypeSourceHut: forgeAttrs, TypeGit: gitAttrs, TypeHg: hgAttrs,
		TypeTarball: fileAttrs, TypeFile: fileAttrs, TypePath: pathAttrs, TypeIndirect: indirectAttrs,
	}
)

var forgeHost = regexp.MustCompile(`^[a-zA-Z0-9.-]*$`)

// requiredAttrs are the attributes that some type asks for.
var requiredAttrs = []string{"owner", "repo", "url", "path", "id"}

// checkRefs finds what LockedNode in lockfile.cc rejects in a node.
func (n *LockNode) checkRefs() {
	if !n.isObject {
		return
	}
	if !n.hasLocked {
		n.problem(ProblemShape, n.Key, "the node `"+n.Name+"` has no `locked`")
	}
	if !n.hasOriginal {
		n.problem(ProblemShape, n.Key, "the node `"+n.Name+"` has no `original`")
	}
	n.checkRef(n.Locked, true)
	n.checkRef(n.Original, false)
}

func (n *LockNode) checkRef(r *LockRef, locked bool) {
	if r == nil {
		return
	}
	name := map[bool]string{true: "locked", false: "original"}[locked]
	typ, ok := r.Attr("type")
	switch {
	case !ok:
		n.problem(ProblemShape, r.Key, "`"+name+"` has no `type`")
		return
	case !typ.IsString:
		if typ.OK {
			n.problem(ProblemShape, typ.Value, "`type` is "+typ.kind.String()+", not a string")
		}
		return
	}
	attrs := attrsOfType[typ.Text]
	if attrs == nil {
		if locked {
			n.problem(ProblemShape, typ.Value, "no fetcher of Nix has the type `"+typ.Text+"`")
		}
		return // an original of an unknown type is locked anew
	}
	before := len(n.problems)
	isGit := typ.Text == TypeGit || typ.Text == TypeHg
	has := map[string]bool{}
	for _, a := range r.Attrs {
		rule, known := attrs[a.Name]
		has[a.Name] = true
		switch {
		case a.Name == "type" || !a.OK:
			continue
		case a.Name == "dir":
			rule = stringAttr
		case a.Name == "__final":
			if locked {
				n.problem(ProblemShape, a.Key, "`__final` makes Nix fail an assertion")
			}
			continue
		case !known:
			n.problem(ProblemAttribute, a.Key, "an input of type `"+typ.Text+"` has no `"+a.Name+"`")
			continue
		case a.Name == "narHash":
			if _, pinned := r.Attr("rev"); isGit && pinned || !locked {
				continue // not looked at
			}
		}
		switch {
		case rule.lockedOnly && !locked && rule.kind != jsonString:
		case rule.kind != jsonNull && a.kind != rule.kind:
			n.problem(ProblemShape, a.Value, "`"+a.Name+"` is "+a.kind.String()+", not "+rule.kind.String())
		case rule.valid != nil && (locked || !rule.lockedOnly) && !rule.valid(a.Text):
			n.problem(ProblemShape, a.Value, "`"+a.Name+"` is not "+rule.what)
		}
	}
	for _, needed := range requiredAttrs {
		if attrs[needed].required && !has[needed] {
			n.problem(ProblemShape, r.Key, "`"+name+"` has no `"+needed+"`")
		}
	}
	byRev := isGit
	switch typ.Text {
	case TypeGitHub, TypeGitLab, TypeSourceHut:
		byRev = true
		if ref, _ := r.Attr("ref"); has["ref"] && has["rev"] {
			n.problem(ProblemShape, ref.Key, "`"+name+"` has a `ref` beside `rev`")
		}
	}
	relative := typ.Text == TypePath && !path.IsAbs(r.Get("path"))
	if locked && len(n.problems) == before && !has["narHash"] && !(byRev && has["rev"]) && !relative {
		n.problem(ProblemUnlocked, r.Key, "`locked` has neither a revision nor a hash of the content")
	}
}

// isNarHash reports whether Hash::parseSRI reads the text as a SHA-256 hash; the empty one is all zeros.
func isNarHash(text string) bool {
	if text == "" {
		return true
	}
	body, ok := strings.CutPrefix(text, "sha256-")
	body, _, _ = strings.Cut(body, "?")
	body, _, _ = strings.Cut(body, "=")
	body = strings.ReplaceAll(body, "\n", "")
	// The last bits need not be zero, so the length and the letters decide.
	return ok && len(body) == base64.RawStdEncoding.EncodedLen(32) && isBase64(body)
}

func isBase64(s string) bool {
	return strings.IndexFunc(s, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/')
	}) < 0
}

var (
	bareRev     = regexp.MustCompile(`^(?:[0-9a-fA-F]{40}|[0-9a-df-np-sv-z]{32}|[0-9a-zA-Z+/]{27}=?)$`)
	prefixedRev = regexp.MustCompile(`^(?:md5|sha1|sha256|sha512|blake3)[:-]`)
	badGitRef   = regexp.MustCompile(`^$|^-|^@$|^[./]|//|/\.|\.\.|[\x00-\x20\x7f~^:?*\[\\]|@\{|\.lock(?:/|$)|[./]$`)
	hgRef       = regexp.MustCompile(`^[a-zA-Z0-9@][a-zA-Z0-9_.\/@+-]*$`)
)

// isSHA1 reports whether the text is a SHA-1 in any notation, isRev whether Input::getRev reads it: a hash that names
// its algorithm will do, too.
func isSHA1(text string) bool {
	return bareRev.MatchString(strings.TrimPrefix(strings.TrimPrefix(text, "sha1:"), "sha1-"))
}

func isRev(text string) bool { return bareRev.MatchString(text) || prefixedRev.MatchString(text) }

// IsGitRef reports whether a text can be the name of a branch or tag in Git, or a path to one.
func IsGitRef(text string) bool { return !badGitRef.MatchString(text) }
func isHgRef(text string) bool  { return hgRef.MatchString(text) }

var (
	urlText = regexp.MustCompile(`^(?:[\w.~!$&'()*+,;=:@/-]|%[0-9a-fA-F]{2}|\[[0-9a-fA-F:.]*\])*(?:\?(?:[^\x00-\x20#%]|%[0-9a-fA-F]{2})*)?(?:#(?:[^\x00-\x20%]|%[0-9a-fA-F]{2})*)?$`)
	badPort = regexp.MustCompile(`^[^/?#]*//[^/?#\[]*:[0-9]*[^0-9/?#\]@][^/?#@]*(?:[/?#]|$)`)
)

// isURLText reports whether a text can be a URL, or a path, for Nix's git fetcher.
func isURLText(text string) bool { return urlText.MatchString(text) && !badPort.MatchString(text) }

func isAbsoluteURL(text string) bool { return isURLText(text) && schemePattern.MatchString(text) }
