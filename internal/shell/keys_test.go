package shell

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/nixsift/nixsift/internal/growth"
)

// TestKeysOfArrays holds that subscripts of associative arrays, which are no arithmetic, are legal and move nothing.
func TestKeysOfArrays(t *testing.T) {
	for _, text := range []string{
		"declare -A m=([foo.bar]=d)", "declare -A m=([a/b]=d [x-y]=1 [a:b]=2)", "m=([a b]=1 [\"c d\"]=2 ['e.f']=3)", "m+=([a.b]=1)",
		"m[x.y]=d", "m[a:b]=2", "m[a b]=2", "m[@x]=1", "m[$k.x]=2", "m[${k}/x]+=2", "m[é.x]=1", "m[\"a b\".c]=1",
		"echo \"${m[b c]}\"", "echo ${m[foo.bar]} ${m[a:b]:-x} ${#m[a.b]}", "x=${m[.#x]}", "echo ${m[/etc/x]} ${m[a@b]}",
		"for k in \"${!m[@]}\" \"${m[*]}\"; do echo ${m[$k.x]}; done", "f() { m[a.b]=1; }", "nix x[a.b] [a.b]=c", "cat <<E\nm[a b]\nE\nm[a.b]=1",
		"m[$(nix y)]=1; m[a.b]=2", "echo \"${m[a.b]:-$(nix y)}\"",
	} {
		text += "\nnix build \"[a.b]=c\" ./x[y.z]\n"
		d := ReadScript("a.sh", "#!/bin/bash\n"+text)
		assert.Nil(t, d.Scripts[0].Err, text)
		assert.Empty(t, d.Scripts[0].Unread, text)
		all := d.Scripts[0].Commands
		if last := all[len(all)-1]; assert.Equal(t, "nix", last.Name, text) {
			assert.False(t, last.Recovered)
			assert.Equal(t, "nix build \"[a.b]=c\" ./x[y.z]", last.Span.Of(d.Text))
			assert.Equal(t, "[a.b]=c", last.Args[1].Text)
			assert.Equal(t, "./x[y.z]", last.Args[2].Text)
		}
		nested := 0
		for _, c := range all {
			if len(c.Args) > 0 && c.Args[0].Text == "y" {
				nested++
			}
		}
		assert.Equal(t, strings.Count(text, "$(nix y)"), nested, text)
	}
	for _, text := range []string{"echo $((1.5))", "m[a.b=1; x (", "m[a.b]=(", "if m[a.b]=1; then"} {
		assert.NotNil(t, ReadScript("a.sh", text+"\n").Scripts[0].Err, text)
	}
	words := ReadScript("a.sh", "declare -A m=([a.b]=path:./x [c d]=y)\nnix build ${m[@]}\n").Scripts[0].Commands
	if last := words[len(words)-1]; assert.Len(t, last.Args, 3) {
		assert.Equal(t, "path:./x", last.Args[1].Text)
	}
}

func TestKeysAreLinear(t *testing.T) {
	for _, piece := range []string{"m[", "m[a.b]=1; ", "[a", "m['", "m[${a}", "a)[b.c]=\n"} {
		growth.Memory(t, piece, 2000, func(n int) func() {
			text := strings.Repeat(piece, n)
			return func() { ReadScript("a.sh", text) }
		})
	}
}
