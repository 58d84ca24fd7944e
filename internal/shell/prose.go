package shell

import (
	"regexp"
	"strings"
)

// shellBlocks are the languages of code blocks that people write for shell, or for what a terminal shows.
var shellBlocks = map[string]bool{
	"": true, "sh": true, "bash": true, "zsh": true, "shell": true, "console": true, "shell-session": true, "shellsession": true, "terminal": true,
	"sh-session": true, "bash-session": true,
}

var (
	fence = regexp.MustCompile("^[ \t>]*(```+|~~~+)[ \t]*\\{?\\.?([A-Za-z0-9_+-]*)")
	// prompt is what stands before a command that a terminal shows.
	prompt = regexp.MustCompile(`^[ \t>]*(?:[\w.@~:\[\]-]*[$❯]|%)[ \t]+`)
	// inline is a command in a line of text.
	inline = regexp.MustCompile("`((?:sudo )?(?:nix|nixos-rebuild|home-manager|darwin-rebuild) [^`\n]+)`")
)

// maxBlocks is the number of commands and code blocks of a document that are read.
const maxBlocks = 1000

// prose reads the shell text of a Markdown document: of its code blocks, all or the lines behind a prompt, and of commands within
// its lines. What it cannot read counts for nothing, since it need not be shell.
func (r *reader) prose(text string, at *textMap) {
	blocks := 0
	add := func(start, end int) {
		if blocks++; blocks > maxBlocks || start >= end {
			return
		}
		m := &textMap{pieces: []piece{{n: end - start, src: start, m: end - start}}, parent: at}
		r.script(&Script{Source: EmbeddedText, Shell: "bash", Text: text[start:end], Span: at.span(start, end), at: m}, nil)
	}
	open, block := "", 0 // the fence of the block that the line is in, and where that begins; -1 for one that is no shell
	for start := 0; start < len(text); start = nextLine(text, start) {
		line := text[start : start+lineLen(text[start:])]
		mark := fence.FindStringSubmatch(line)
		switch {
		case open == "" && mark != nil:
			open, block = mark[1], nextLine(text, start)
			if !shellBlocks[strings.ToLower(mark[2])] {
				block = -1
			}
		case open == "":
			for _, m := range inline.FindAllStringSubmatchIndex(line, -1) {
				add(start+m[2], start+m[3])
			}
		case mark != nil && strings.HasPrefix(mark[1], open) && mark[2] == "":
			if block >= 0 {
				shellBlock(text, block, start, add)
			}
			open = ""
		}
	}
	if open != "" && block >= 0 {
		shellBlock(text, block, len(text), add)
	}
	for _, s := range r.doc.Scripts {
		s.Err, s.Unread, s.Cuts = nil, nil, nil
	}
}

// shellBlock calls add for the shell text between two places: what is behind prompts where there are any, with the lines that
// a backslash leads to, else all.
func shellBlock(text string, start, end int, add func(start, end int)) {
	prompts, continued := false, -1
	for at := start; at < end; at = nextLine(text, at) {
		line := text[at : at+lineLen(text[at:])]
		var begin int
		if continued >= 0 {
			begin = continued
		} else if m := prompt.FindString(line); m != "" {
			prompts, begin = true, at+len(m)
		} else {
			continue
		}
		if strings.HasSuffix(line, `\`) && nextLine(text, at) < end {
			continued = begin
			continue
		}
		continued = -1
		add(begin, at+len(line))
	}
	if !prompts {
		add(start, end)
	}
}
