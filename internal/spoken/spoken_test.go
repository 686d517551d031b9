package spoken

import "testing"

func TestLanguage(t *testing.T) {
	if InKorean() || Say("loss") != "loss" {
		t.Error("Korean before anybody asked for it")
	}
	Korean(map[string]string{"loss": "손실"})
	Korean(map[string]string{"step": "단계"})
	if !InKorean() || Say("loss") != "손실" || Say("step") != "단계" || Say("other") != "other" {
		t.Errorf("%s %s %s", Say("loss"), Say("step"), Say("other"))
	}
	English()
	if InKorean() || Say("loss") != "loss" {
		t.Error("still Korean")
	}
}
