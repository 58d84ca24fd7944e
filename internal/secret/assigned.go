package secret

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nixsift/nixsift/ast/source"
)

// Assigned is a secret without a form of its own, which a text says to be one: by the name of a setting, a variable or an option of a
// program that it is given to, or by a keyword before it.
type Assigned struct {
	// Span is that of the secret, without quotes.
	Span source.Span
	// By is what says so.
	By source.Span
}

// maxName bounds the names of settings in bytes, maxValue the secrets, and maxAround what is looked at of their line.
const (
	maxName   = 80
	maxValue  = 300
	maxAround = 200
)

// FindAssigned returns the secrets that a text gives to a name, in order: password=…, "apiKey": "…", --token …, machine x login y
// password …, IDENTIFIED BY '…', Authorization: Bearer …, curl -u user:…. Stand-ins, names of variables and code are none. The text may be
// one of any language, also escaped as in a string of another.
func FindAssigned(text string) (out []Assigned) {
	add := func(by, value source.Span, ok bool) {
		if ok {
			out = append(out, Assigned{Span: value, By: by})
		}
	}
	programs := uint32(0) // those of commandSecrets that the text names
	for i := 0; i < len(text); i++ {
		switch c := text[i]; actsOn[c] {
		case 0:
		case programsAct:
			if i == 0 || !wordByte[text[i-1]] || text[i-1] == '.' {
				programs |= programsAt(text[i:])
			}
		case signAct:
			add(setting(text, i))
		case quoteAct:
			if i > 0 && (blank(text[i-1]) || text[i-1] == '(') {
				add(sqlPassword(text, i))
			}
		case dashAct:
			add(longOption(text, i))
		case blankAct:
			if i > 1 && keywordEnds(text[i-2], text[i-1]) {
				add(keyword(text, i))
			}
		}
	}
	if programs != 0 {
		out = appendCommands(out, text, programs)
	}
	if len(out) < 2 {
		return out
	}
	slices.SortFunc(out, func(a, b Assigned) int { return int(a.Span.Start) - int(b.Span.Start) })
	apart := out[:0]
	for _, f := range out {
		if n := len(apart); n == 0 || apart[n-1].Span.End <= f.Span.Start {
			apart = append(apart, f)
		}
	}
	return apart
}

// What a byte may stand beside.
const (
	signAct = iota + 1
	quoteAct
	dashAct
	blankAct
	programsAct
)

// actsOn tells for each byte what is looked for where it stands. It is asked of all bytes of all files.
var actsOn = func() (of [256]uint8) {
	of['='], of[':'], of['\''], of['-'], of[' '] = signAct, signAct, quoteAct, dashAct, blankAct
	for _, c := range commandSecrets {
		of[c.program[0]] = programsAct
	}
	return of
}()

// nameByte tells the bytes that names of settings are made of.
func nameByte(c byte) bool { return isAlnum(c) || c == '_' || c == '-' || c == '.' }

func isAlnum(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' }

func blank(c byte) bool { return c == ' ' || c == '\t' }

// setting finds the secret behind a sign that gives a name something: name=value, "name": "value", name => 'value'.
func setting(text string, sign int) (by, value source.Span, ok bool) {
	end := sign
	for end > 0 && blank(text[end-1]) {
		end--
	}
	wide := end < sign
	quoted := byte(0)
	for end > 0 && strings.IndexByte("\"'`\\]", text[end-1]) >= 0 && sign-end < 6 { // "name": and $x['name'] =
		end--
		if text[end] == '"' || text[end] == '\'' {
			quoted = text[end]
		}
	}
	if end < 2 {
		return by, value, false
	}
	if last2, last := text[end-2], text[end-1]; !secretEnds(last2, last) && last != '-' && last != '.' && !(last2|0x20 == 'o' && last|0x20 == 'n') {
		return by, value, false // neither a secret nor authorization
	}
	start := end
	for start > 0 && end-start < maxName && nameByte(text[start-1]) {
		start--
	}
	name := strings.Trim(text[start:end], "-.")
	header := text[sign] == ':' && quoted == 0
	if header && strings.EqualFold(name, "authorization") {
		return authorization(text, start, sign+1)
	}
	if !namesSecret(name) {
		return by, value, false
	}
	if start > 0 && text[start-1] == '$' && (quoted != 0 || compares(text[:start-1])) { // [ "$password" = "x" ]
		return by, value, false
	}
	at := sign + 1
	if at < len(text) && (text[at] == '=' || text[at] == '~' || text[at] == ':') && !(text[sign] == ':' && text[at] == '=') {
		return by, value, false // ==, =~, ::
	}
	if sign > 0 && strings.IndexByte("!=<>~", text[sign-1]) >= 0 {
		return by, value, false
	}
	if at < len(text) && (text[sign] == '=' && text[at] == '>' || text[sign] == ':' && text[at] == '=') {
		at++
	}
	if wide && at+2 < len(text) && text[at] == ' ' && text[at+1] == '(' && text[at+2] == '"' {
		at += 2 // Nix
	}
	from, to, delimiter, found := valueAt(text, at)
	if !found {
		return by, value, false
	}
	switch {
	case delimiter != 0: // any language
	case text[sign] == ':':
		// A value of YAML or of a header ends its line or the quotes around both.
		around := byte(0)
		if start > 0 {
			around = text[start-1]
		}
		rest := text[to:]
		if !(rest == "" || endsLine(rest) || (around == '"' || around == '\'') && rest[0] == around || around == '\\' && rest[0] == '\\') {
			return by, value, false
		}
		if around != 0 && strings.IndexByte(" \t\n-{,\"'\\", around) < 0 || at < len(text) && !blank(text[at]) || prose(text, start) {
			return by, value, false
		}
	case wide && to < len(text) && text[to] == ';': // an expression of a program
		return by, value, false
	}
	if to < len(text) && delimiter == 0 && strings.IndexByte("([{", text[to]) >= 0 || !plausible(text[from:to], delimiter != 0) {
		return by, value, false
	}
	return source.Span{Start: uint32(start), End: uint32(end)}, source.Span{Start: uint32(from), End: uint32(to)}, true
}

// compares reports whether a text ends in what begins a comparison of the shell.
func compares(text string) bool {
	return strings.HasSuffix(text, "[ ") || strings.HasSuffix(text, "test ") || strings.HasSuffix(text, "( ")
}

// endsLine reports whether nothing but a comment follows in the line.
func endsLine(rest string) bool {
	line, _, _ := strings.Cut(rest[:min(len(rest), maxAround)], "\n")
	line = strings.TrimSpace(line)
	return line == "" || strings.HasPrefix(line, "#") || strings.Trim(line, "',;}\"") == ""
}

// prose reports whether words stand before a place in its line, as in "the password: …".
func prose(text string, at int) bool {
	line := text[max(0, at-maxAround):at]
	line = line[strings.LastIndexByte(line, '\n')+1:]
	line = line[strings.LastIndexAny(line, "\"'{,")+1:]
	return strings.Trim(line, " \t-") != ""
}

// valueAt returns where the value stands that begins at a place, behind blanks, and the quote around it, 0 for none.
func valueAt(text string, at int) (from, to int, quote byte, ok bool) {
	for at < len(text) && blank(text[at]) {
		at++
	}
	if at >= len(text) {
		return 0, 0, 0, false
	}
	escaped := text[at] == '\\' && at+1 < len(text) && (text[at+1] == '"' || text[at+1] == '\'')
	if escaped {
		at++
	}
	limit := min(len(text), at+1+maxValue)
	if quote = text[at]; quote == '"' || quote == '\'' {
		if at+1 < len(text) && text[at+1] == quote { // empty, or an indented string of Nix
			return 0, 0, 0, false
		}
		end := strings.IndexByte(text[at+1:limit], quote)
		if end < 0 || strings.Contains(text[at+1:at+1+end], "\n") {
			return 0, 0, 0, false
		}
		to = at + 1 + end
		if escaped && text[to-1] == '\\' {
			to--
		}
		return at + 1, to, quote, true
	}
	for to = at; to < limit && strings.IndexByte(" \t\r\n\"'`;,&<>|)}]([{\\", text[to]) < 0; to++ {
	}
	return at, to, 0, to > at
}

// authorization finds the secret in a header of HTTP, behind the name and the colon.
func authorization(text string, start, at int) (by, value source.Span, ok bool) {
	for at < len(text) && blank(text[at]) {
		at++
	}
	scheme := at
	for at < len(text) && isAlnum(text[at]) {
		at++
	}
	kind := strings.ToLower(text[scheme:at])
	if kind != "bearer" && kind != "token" && kind != "basic" && kind != "apikey" || at >= len(text) || text[at] != ' ' {
		return by, value, false
	}
	from, to, delimiter, found := valueAt(text, at)
	if !found || delimiter != 0 {
		return by, value, false
	}
	isReal := false
	if kind == "basic" {
		isReal = basicCredentials(text[from:to])
	} else {
		isReal = plausible(text[from:to], true)
	}
	return source.Span{Start: uint32(start), End: uint32(scheme)}, source.Span{Start: uint32(from), End: uint32(to)}, isReal
}

// sqlPassword finds the secret in quotes at a place, behind a blank or a parenthesis and IDENTIFIED BY or, for a user or role, PASSWORD.
func sqlPassword(text string, at int) (by, value source.Span, ok bool) {
	end := at
	for end > 0 && (blank(text[end-1]) || text[end-1] == '(') {
		end--
	}
	if end < 2 || text[end-1]|0x20 != 'y' && text[end-1]|0x20 != 'd' { // neither by nor password
		return by, value, false
	}
	start := end
	for start > 0 && end-start < maxName && isAlnum(text[start-1]) {
		start--
	}
	word := strings.ToLower(text[start:end])
	if word != "by" && word != "password" {
		return by, value, false
	}
	const lookBehind = 120
	before := strings.ToLower(text[max(0, start-lookBehind):start])
	switch word {
	case "by":
		ok = strings.HasSuffix(strings.TrimRight(before, " \t\n"), "identified") || strings.Contains(before, "identified with")
	case "password":
		statement := before[strings.LastIndexByte(before, ';')+1:]
		ok = strings.Contains(statement, "user ") || strings.Contains(statement, "role ") || strings.Contains(statement, "set ")
	}
	if !ok {
		return by, value, false
	}
	length := strings.IndexByte(text[at+1:min(len(text), at+1+maxValue)], '\'')
	const least = 4
	if length < least || strings.ContainsAny(text[at+1:at+1+length], "\n \\") || standsIn(text[at+1:at+1+length]) {
		return by, value, false
	}
	return source.Span{Start: uint32(start), End: uint32(end)}, source.Span{Start: uint32(at + 1), End: uint32(at + 1 + length)}, true
}

// longOption finds the secret behind an option of a program at a place, in the next word: --password x, or, in a list of words,
// "--password" "x".
func longOption(text string, at int) (by, value source.Span, ok bool) {
	if !strings.HasPrefix(text[at:], "--") || at > 0 && strings.IndexByte(" \t\n\"'[(,", text[at-1]) < 0 {
		return by, value, false
	}
	end := at + 2
	for end < len(text) && end-at < maxName && (isAlnum(text[end]) || text[end] == '-' || text[end] == '_') {
		end++
	}
	if !namesSecret(text[at+2 : end]) {
		return by, value, false
	}
	next := end
	if next < len(text) && (text[next] == '"' || text[next] == '\'') && at > 0 && text[at-1] == text[next] {
		next++
		if next < len(text) && text[next] == ',' {
			next++
		}
	}
	if next >= len(text) || !blank(text[next]) {
		return by, value, false
	}
	from, to, delimiter, found := valueAt(text, next)
	if !found || text[from] == '-' || !plausible(text[from:to], delimiter != 0) {
		return by, value, false
	}
	return source.Span{Start: uint32(at), End: uint32(end)}, source.Span{Start: uint32(from), End: uint32(to)}, true
}

// keywords are words of configurations that a secret follows without a sign: of netrc and msmtp, Redis, OpenLDAP and its clients.
var keywords = []string{"password", "requirepass", "masterauth", "rootpw", "bindpw"}

// keywordEnds reports whether one of them ends in two bytes.
func keywordEnds(last2, last byte) bool {
	switch last {
	case 'd':
		return last2 == 'r'
	case 's':
		return last2 == 's'
	case 'h':
		return last2 == 't'
	case 'w':
		return last2 == 'p'
	}
	return false
}

// keyword finds the secret behind a keyword that ends at a place.
func keyword(text string, at int) (by, value source.Span, ok bool) {
	start := at
	for start > 0 && at-start < maxName && nameByte(text[start-1]) {
		start--
	}
	word := text[start:at]
	if !slices.Contains(keywords, word) || start > 0 && strings.IndexByte(" \t\n\"", text[start-1]) < 0 && text[start-1] != '\'' {
		return by, value, false
	}
	from, to, delimiter, found := valueAt(text, at)
	if !found || to < len(text) && strings.IndexByte("([{", text[to]) >= 0 {
		return by, value, false
	}
	if word == "password" {
		const lookBehind = 200
		before := text[max(0, start-lookBehind):start]
		account := strings.LastIndex(before, "machine ")
		for _, other := range []string{"login ", "account ", "user "} {
			account = max(account, strings.LastIndex(before, other))
		}
		if account < 0 || strings.Count(before[account:], "\n") > 3 || to < len(text) && text[to] != '"' && text[to] != '\'' && !endsLine(text[to:]) && !strings.Contains(text[to:min(len(text), to+9)], "machine") {
			return by, value, false
		}
	} else if prose(text, start) {
		return by, value, false
	}
	if !plausible(text[from:to], delimiter != 0) {
		return by, value, false
	}
	return source.Span{Start: uint32(start), End: uint32(at)}, source.Span{Start: uint32(from), End: uint32(to)}, true
}

// namesSecret reports whether a name says that what it is given is a secret; it allows for more than IsName, since only what looks like
// a secret counts.
func namesSecret(name string) bool {
	const least = 3
	if len(name) < least {
		return false
	}
	if !secretEnds(name[len(name)-2], name[len(name)-1]) {
		return false
	}
	if IsName(name) {
		return true
	}
	lower := strings.ToLower(name)
	for _, other := range []string{"csrf", "public", "page", "next", "eos", "bos", "pad", "mask", "cancel", "sync", "primary", "foreign"} {
		if strings.Contains(lower, other) {
			return false
		}
	}
	for _, end := range []string{"token", "secret", "passwd", "pwd", "pass", "psk", "authkey", "signingkey", "signing_key", "auth_key", "auth-key"} {
		stem, ok := strings.CutSuffix(lower, end)
		if !ok {
			continue
		}
		if stem == "" || !isAlnum(stem[len(stem)-1]) {
			return true
		}
		if c := name[len(stem)]; 'A' <= c && c <= 'Z' && name[len(stem)-1] >= 'a' || end == "passwd" || end == "pwd" || end == "authkey" {
			return true // adminToken, MYSQL_PWD
		}
	}
	return false
}

// secretEnds reports whether the name of a secret may end in two bytes: those are the ends of all of them. Others than letters may be left out
// of a name, or be letters of another alphabet.
func secretEnds(last2, last byte) bool {
	other := last2 < 'A' || last2 > 'z' || 'Z' < last2 && last2 < 'a'
	last2 |= 0x20
	switch last | 0x20 {
	case 'd': // password, passwd, pwd
		return other || last2 == 'r' || last2 == 'w'
	case 'n': // token
		return other || last2 == 'e'
	case 'e': // passphrase
		return other || last2 == 's'
	case 't': // secret
		return other || last2 == 'e'
	case 's': // pass
		return other || last2 == 's'
	case 'k': // psk
		return other || last2 == 's'
	case 'y': // key
		return other || last2 == 'e'
	}
	return false
}

// standsIn reports whether a value stands for a secret, or is one of those that examples have.
func standsIn(value string) bool {
	if IsPlaceholder(value) || strings.ContainsAny(value, "<>*") {
		return true
	}
	return IsWeak(value) && !strings.HasPrefix(strings.ToLower(value), "hunter")
}

// plausible reports whether what is given to the name of a secret may be one, and is no word, name, path, size or piece of code.
func plausible(value string, quoted bool) bool {
	const least = 6
	if len(value) < least || standsIn(value) || strings.ContainsAny(value, "()[]{}\\ \t$`") || strings.Contains(value, "::") || strings.Contains(value, "->") {
		return false
	}
	var lower, upper, digits, other int
	for i := range len(value) {
		switch c := value[i]; {
		case 'a' <= c && c <= 'z':
			lower++
		case 'A' <= c && c <= 'Z':
			upper++
		case '0' <= c && c <= '9':
			digits++
		case c >= utf8.RuneSelf:
			return false
		default:
			other++
		}
	}
	separators := strings.Count(value, "_") + strings.Count(value, "-") + strings.Count(value, ".")
	switch {
	case lower+upper == 0:
		return false // a number, a date
	case strings.HasPrefix(value, "sha256") || strings.HasPrefix(value, "sha512") || strings.HasPrefix(value, "sha1"):
		return false
	case strings.Contains(value, "/") && !(upper > 0 && lower > 0 && digits > 0 && separators == 0), strings.Contains(value, "://"), strings.Contains(value, ":/"):
		return false // a path
	case lower == 0 && strings.Contains(value, "_"), lower == 0 && namesSecret(strings.TrimRight(value, "0123456789")):
		return false // the name of a variable
	case namesSecret(strings.TrimRight(value, "0123456789")), strings.HasSuffix(strings.ToLower(value), "file"):
		return false
	}
	if digits == 0 {
		// Words are none; letters of both kinds with signs, or mixed as no name mixes them, are.
		return other > separators && upper > 0 && lower > 0 && least+2 <= len(value) && Entropy(value) >= leastEntropy
	}
	if _, unit := split(value); len(unit) < 4 && digits+len(unit) == len(value) {
		return false // 3600s
	}
	stem := strings.TrimRight(value, "0123456789")
	if upper == 0 && other == separators && len(stem) == len(value)-digits {
		// A name with a number, as key1 or db-main-2.
		return separators == 0 && digits > 1 && digits < 5 && len(stem) > 4 || stem == "hunter"
	}
	if parts := strings.Split(value, "."); len(parts) > 1 && !quoted && isAlpha(parts[0]) {
		return false // a field of something
	}
	if separators > 0 && other == separators && !quoted && wordsAndNumbers(value) {
		return false
	}
	return Entropy(value) >= 2
}

// split returns the digits that a value begins with and the rest.
func split(value string) (number, rest string) {
	rest = strings.TrimLeft(value, "0123456789")
	return value[:len(value)-len(rest)], rest
}

func isAlpha(text string) bool {
	return text != "" && !strings.ContainsAny(text, "0123456789")
}

// wordsAndNumbers reports whether a value is words of letters and numbers with signs between them: my-app-2, v1.2.3-rc1.
func wordsAndNumbers(value string) bool {
	for part := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == '-' || r == '_' || r == '.' }) {
		stem := strings.TrimRight(part, "0123456789")
		if strings.ContainsAny(stem, "0123456789") || len(part)-len(stem) > 4 || strings.ToLower(stem) != stem && strings.ToUpper(stem) != stem {
			return false
		}
	}
	return true
}
