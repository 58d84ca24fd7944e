package protocol

import (
	"encoding/json"
	"slices"
)

// Settings are what a user says in the editor of how things are shown and laid out. What is found does not depend on them.
type Settings struct {
	InlayHints InlayHintSettings
	Formatting FormattingSettings
	// DiagnosticsOnly asks for diagnostics and what mends them only; it counts as the conversation begins. WorkspaceDiagnostics asks
	// for those of files that are not open, too.
	DiagnosticsOnly, WorkspaceDiagnostics bool
	// Unknown are the names of settings that are none.
	Unknown []string
	// Trusted is what the editor says of the folder: whether programs may be run that its files name. It is nil where nothing is said.
	Trusted *bool
}

// FormattingSettings say which program lays out files. Command is nil where none is named.
type FormattingSettings struct {
	Command []string
}

// InlayHintSettings say which hints are wanted: those that are nil are.
type InlayHintSettings struct {
	Inputs, Values, Names, ClosingBraces, Defaults *bool
}

// SettingsSection is the name that the settings have in an editor.
const SettingsSection = "nixsift"

// read reads what is there and of the right type; settings may stand under their section. ours is set where there are no settings of
// others beside them.
func (s *Settings) read(data json.RawMessage, ours bool) {
	var inner json.RawMessage
	if lookup(data, &inner, SettingsSection); inner != nil {
		data, ours = inner, true
	}
	for name, into := range map[string]**bool{
		"inputs": &s.InlayHints.Inputs, "values": &s.InlayHints.Values, "names": &s.InlayHints.Names,
		"closingBraces": &s.InlayHints.ClosingBraces, "defaults": &s.InlayHints.Defaults,
	} {
		if value := found[bool](data, "inlayHints", name); value != nil {
			*into = value
		}
	}
	s.DiagnosticsOnly, s.WorkspaceDiagnostics, s.Unknown = false, false, nil
	lookup(data, &s.DiagnosticsOnly, "diagnosticsOnly")
	lookup(data, &s.WorkspaceDiagnostics, "workspaceDiagnostics")
	if ours {
		s.readUnknown(data)
	}
	s.Formatting.Command = nil
	lookup(data, &s.Formatting.Command, "formatting", "command")
	if name := found[string](data, "formatting", "command"); name != nil {
		s.Formatting.Command = []string{*name}
	}
	if trusted := found[bool](data, "workspaceTrusted"); trusted != nil {
		s.Trusted = trusted
	}
}

// settingNames are the names of settings at the top.
var settingNames = []string{SettingsSection, "inlayHints", "formatting", "workspaceTrusted", "diagnosticsOnly", "workspaceDiagnostics"}

// settingsOfClients are the names of settings that clients keep under the same section for themselves.
var settingsOfClients = []string{"path", "arguments", "trace"}

// readUnknown notes the names at the top that are no settings.
func (s *Settings) readUnknown(data json.RawMessage) {
	var names map[string]json.RawMessage
	lookup(data, &names)
	for name := range names {
		if !slices.Contains(settingNames, name) && !slices.Contains(settingsOfClients, name) {
			s.Unknown = append(s.Unknown, name)
		}
	}
	slices.Sort(s.Unknown)
}

// ReadSettings reads settings as a client has sent them under a name of a message; ok is false where there are none of this server.
func ReadSettings(params json.RawMessage, name string) (s Settings, ok bool) {
	var raw json.RawMessage
	lookup(params, &raw, name)
	ours := name == "initializationOptions"
	ok = slices.ContainsFunc(settingNames, func(name string) bool { return found[json.RawMessage](raw, name) != nil })
	if ok || ours {
		s.read(raw, ours)
	}
	return s, ok
}

// ConfigurationParams ask for settings.
type ConfigurationParams struct {
	Items []ConfigurationItem `json:"items"`
}

// ConfigurationItem names settings.
type ConfigurationItem struct {
	Section string `json:"section"`
}

// ConfigurationResult are settings, as many as were asked for.
type ConfigurationResult []json.RawMessage

// First returns the first ones; ok is false where the client has none.
func (r ConfigurationResult) First() (s Settings, ok bool) {
	if len(r) == 0 || string(r[0]) == "null" || len(r[0]) == 0 {
		return s, false
	}
	s.read(r[0], true)
	return s, true
}
