package version

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestString(t *testing.T) {
	assert.Equal(t, Number, String(), "a test records no commit")
	commit = "0123456789ab.dirty"
	defer func() { commit = "" }()
	assert.Equal(t, Number+"+0123456789ab.dirty", String())
}

func TestRecorded(t *testing.T) {
	rev := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef0123456789abcdef01234567"}
	assert.Equal(t, "0123456789ab", recorded([]debug.BuildSetting{rev, {Key: "vcs.modified", Value: "false"}}))
	assert.Equal(t, "0123456789ab.dirty", recorded([]debug.BuildSetting{{Key: "vcs.modified", Value: "true"}, rev}))
	assert.Empty(t, recorded([]debug.BuildSetting{{Key: "vcs.modified", Value: "true"}}))
}
