package lab

import (
	"fmt"
	"strings"
)

// Text is one text in both languages.
type Text struct{ EN, KO string }

// textf puts the same values into both languages' sentence. The Korean one may
// want them in another order: %[2]s. A spread's "0.2 to 0.8" is "0.2~0.8" there.
func textf(en, ko string, values ...any) Text {
	korean := make([]any, len(values))
	for i, v := range values {
		if s, ok := v.(string); ok {
			v = strings.ReplaceAll(s, " to ", "~")
		}
		korean[i] = v
	}
	return Text{EN: fmt.Sprintf(en, values...), KO: fmt.Sprintf(ko, korean...)}
}

// in is the text in a language, "en" or "ko"; what is not translated is
// English.
func (t Text) in(language string) string {
	if language == "ko" && t.KO != "" {
		return t.KO
	}
	return t.EN
}
