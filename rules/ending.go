package rules

import "github.com/nixsift/nixsift/internal/diag"

// Ending is what the message of a finding ends with that tells of what surely fails: what of its place does, and how surely somebody
// meets that.
type Ending uint8

// The endings. NoEnding is for messages that say by themselves what fails.
const (
	NoEnding Ending = iota
	ThisFails
	CallFails
	ConditionFails
)

var endings = [...]struct{ comes, perhaps string }{
	ThisFails:      {": evaluating this fails", ": this fails where it is evaluated"},
	CallFails:      {": the call fails", ": the call fails where it is evaluated"},
	ConditionFails: {": evaluating the condition fails", ": the condition fails where it is evaluated"},
}

// End ends the message of a finding: as an error says it where evaluation surely comes by its place, else more mildly.
func (e Ending) End(f *diag.Finding, sure bool) {
	if sure {
		f.Message += endings[e].comes
	} else {
		f.Message += endings[e].perhaps
	}
}
