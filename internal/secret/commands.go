package secret

import (
	b64 "encoding/base64"
	"math/bits"
	"regexp"
	"strings"

	"github.com/nixsift/nixsift/ast/source"
)

// commandSecret is a way in which a program takes a secret that is no long option.
type commandSecret struct {
	program string
	// form matches from the name of the program on; its group is the secret.
	form *regexp.Regexp
}

// between is what may stand between the name of a program and an option, in its line.
const between = `(?:[^\n;|&]*?[ \t])?`

// value is a word, with quotes or without.
const value = `["']?([^\s"';|&]+)`

// commandSecrets are as the manuals of the programs have them.
var commandSecrets = []commandSecret{
	{"mysql", regexp.MustCompile(`^mysql(?:dump|admin)? ` + between + `-p` + value)},
	{"mariadb", regexp.MustCompile(`^mariadb(?:-dump|-admin)? ` + between + `-p` + value)},
	{"sshpass", regexp.MustCompile(`^sshpass ` + between + `-p ?` + value)},
	{"docker login", regexp.MustCompile(`^docker login ` + between + `-p ` + value)},
	{"podman login", regexp.MustCompile(`^podman login ` + between + `-p ` + value)},
	{"skopeo login", regexp.MustCompile(`^skopeo login ` + between + `-p ` + value)},
	{"helm registry login", regexp.MustCompile(`^helm registry login ` + between + `-p ` + value)},
	{"curl", regexp.MustCompile(`^curl ` + between + `(?:-u|--user) ?["']?[^\s"':$]+:([^\s"';|&]+)`)},
	{"skopeo", regexp.MustCompile(`^skopeo ` + between + `--(?:src-|dest-)?creds[ =]["']?[^\s"':$]+:([^\s"';|&]+)`)},
	{"ldap", regexp.MustCompile(`^ldap(?:search|add|modify|delete|passwd|whoami) ` + between + `-w ` + value)},
	{"redis-cli", regexp.MustCompile(`^redis-cli ` + between + `-a ` + value)},
	{"htpasswd", regexp.MustCompile(`^htpasswd -[a-zA-Z]*b[a-zA-Z]* ` + `(?:[^\s;|&]+ ){1,2}` + value)},
	{"smbclient", regexp.MustCompile(`^smbclient ` + between + `-U ?["']?[^\s"'%$]+%([^\s"';|&]+)`)},
	{"pass:", regexp.MustCompile(`^pass:([^\s"';|&]+)`)},
	{"echo ", regexp.MustCompile(`^echo (?:-n )?["']?[a-z_][a-z0-9_-]*:([^\s"'$:]+)["']? *\| *(?:sudo )?(?:[^\s|;&]*/)?chpasswd`)},
}

// programsOn are the numbers of the commandSecrets whose program begins with a byte, as sets, and with a second one.
var programsOn, programsOn2 = func() (of, of2 [256]uint32) {
	for i, c := range commandSecrets {
		of[c.program[0]] |= 1 << i
		of2[c.program[1]] |= 1 << i
	}
	return of, of2
}()

// programsAt returns the numbers of the commandSecrets whose program a text begins with, as a set.
func programsAt(text string) (programs uint32) {
	if len(text) < 2 {
		return 0
	}
	for left := programsOn[text[0]] & programsOn2[text[1]]; left != 0; left &= left - 1 {
		if i := bits.TrailingZeros32(left); strings.HasPrefix(text, commandSecrets[i].program) {
			programs |= 1 << i
		}
	}
	return programs
}

// appendCommands finds the secrets that some programs are given in their own ways.
func appendCommands(out []Assigned, text string, programs uint32) []Assigned {
	const lineMost = 1000
	for i, c := range commandSecrets {
		if programs&(1<<i) == 0 {
			continue
		}
		for at := 0; ; {
			i := strings.Index(text[at:], c.program)
			if i < 0 {
				break
			}
			start := at + i
			at = start + len(c.program)
			if start > 0 && (isAlnum(text[start-1]) || text[start-1] == '-' || text[start-1] == '_') {
				continue
			}
			line := text[start:min(len(text), start+lineMost)]
			m := c.form.FindStringSubmatchIndex(line)
			if m == nil {
				if end := strings.IndexAny(line, "\n;|&"); end > 0 { // what is not found from here is not found further on
					at = max(at, start+end)
				} else {
					at = max(at, start+len(line)/2)
				}
				continue
			}
			from, to := start+m[2], start+m[3]
			if plausible(text[from:to], true) {
				out = append(out, Assigned{Span: source.Span{Start: uint32(from), End: uint32(to)}, By: source.Span{Start: uint32(start), End: uint32(start + len(strings.TrimSpace(c.program)))}})
			}
		}
	}
	return out
}

// basicCredentials reports whether a word is the user and password of basic authentication (RFC 7617), and the password may be one.
func basicCredentials(word string) bool {
	text, err := b64.StdEncoding.DecodeString(word)
	if err != nil {
		return false
	}
	_, password, ok := strings.Cut(string(text), ":")
	const least = 4
	if !ok || len(password) < least || standsIn(password) {
		return false
	}
	return strings.IndexFunc(password, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}
