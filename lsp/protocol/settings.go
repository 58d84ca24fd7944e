package protocol

import "encoding/json"

// Settings are what a user says in the editor of how things are shown. What is found does not depend on them.
type Settings struct {
	InlayHints InlayHintSettings
}

// InlayHintSettings say which hints are wanted: those that are nil are.
type InlayHintSettings struct {
	Inputs, Values, Names, ClosingBraces, Defaults *bool
}

// SettingsSection is the name that the settings have in an editor.
const SettingsSection = "nixsift"

// read reads what is there and of the right type; settings may stand under their section.
func (s *Settings) read(data json.RawMessage) {
	var inner json.RawMessage
	if lookup(data, &inner, SettingsSection); inner != nil {
		data = inner
	}
	for name, into := range map[string]**bool{
		"inputs": &s.InlayHints.Inputs, "values": &s.InlayHints.Values, "names": &s.InlayHints.Names,
		"closingBraces": &s.InlayHints.ClosingBraces, "defaults": &s.InlayHints.Defaults,
	} {
		if value := found[bool](data, "inlayHints", name); value != nil {
			*into = value
		}
	}
}

// ReadSettings reads settings as a client has sent them under a name of a message; ok is false where there are none of this server.
func ReadSettings(params json.RawMessage, name string) (s Settings, ok bool) {
	var raw json.RawMessage
	lookup(params, &raw, name)
	if found[json.RawMessage](raw, SettingsSection) == nil && found[json.RawMessage](raw, "inlayHints") == nil {
		return s, false
	}
	s.read(raw)
	return s, true
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
	s.read(r[0])
	return s, true
}
