package kernel

import "testing"

// A model of how threads hand over a task: a worker and two callers that run
// sections of two parts on two reused tasks. Its steps are the atomic steps of
// threads.go, its states all that any interleaving of them can reach.
type model struct {
	slot   ref // the worker's task
	asleep bool
	wakes  int8 // tokens in the worker's channel
	tasks  [2]modelTask
	procs  [3]modelProc // the worker, then the callers
}

// ref is a task as somebody knew it: after reuse its round is another one.
type ref struct{ id, round int8 } // id 0 is nil

type modelTask struct {
	round, next, pending, holders, waiting, finished int8
	ran                                              [2]int8
	used                                             bool
}

type modelProc struct {
	at       step
	task     ref
	sections int8 // a caller's, still to run
}

const begin, end = steps, steps + 1 // of a caller

const modelParts = 2

// advance lets one of them take its next step and says what is wrong with it.
// A step that has to wait returns false.
func (m *model) advance(who int, broken string) (wrong string, moved bool) {
	p := &m.procs[who]
	at := p.at
	if at == begin {
		if p.sections == 0 {
			p.at = end
			return "", true
		}
		for i := range m.tasks {
			if t := &m.tasks[i]; !t.used {
				*t = modelTask{round: t.round + 1, pending: modelParts, holders: 1, used: true, finished: t.finished}
				p.task, p.sections, p.at = ref{int8(i + 1), t.round}, p.sections-1, idle
				break
			}
		}
		return "", p.at != begin
	}
	var t *modelTask
	if p.task.id > 0 {
		t = &m.tasks[p.task.id-1]
		if !t.used || t.round != p.task.round {
			return "touches a task that was given back", true
		}
	}
	switch at {
	case claim:
		if t == nil {
			return "works on no task", true
		}
		switch t.next++; {
		case t.next <= modelParts:
			t.ran[t.next-1]++
			p.at = finish
		case who == 0:
			p.at = leave
		default:
			p.at = settled
		}
	case finish:
		p.at = claim
		if t.pending--; t.pending == 0 {
			p.at = decide
		}
	case decide:
		p.at = signal
		if t.waiting == 0 {
			t.waiting, p.at = 2, claim
		}
	case signal:
		t.finished++
		p.at = claim
	case release:
		if who > 0 && t.ran != [2]int8{1, 1} {
			return "returns before each part has run once", true
		}
		p.at = reuse
		if t.holders--; t.holders > 0 {
			p.task, p.at = ref{}, begin
			if who == 0 {
				p.at = look
			}
		}
	case reuse:
		t.used = false
		p.task, p.at = ref{}, begin
		if who == 0 {
			p.at = look
		}
	case look: // once stands for any number of looks
		p.task, p.at = m.slot, claim
		if m.slot.id == 0 {
			p.at = doze
		}
	case doze:
		m.asleep, p.at = true, lookAgain
		if broken == "sleeps without a second look" {
			p.at = sleep
		}
	case lookAgain:
		p.task, p.at = m.slot, rise
		if m.slot.id == 0 {
			p.at = sleep
		}
	case rise:
		p.at = claim
		if !m.asleep {
			p.task, p.at = ref{}, sleep
		}
		m.asleep = false
	case sleep:
		if m.wakes == 0 {
			return "", false
		}
		m.wakes--
		p.at = look
		if broken == "believes every wake" {
			p.task, p.at = m.slot, claim
		}
	case leave:
		m.slot, p.at = ref{}, release
	case idle:
		p.at = hold
		if m.slot.id != 0 {
			p.at = claim
		}
	case hold:
		p.at = hand
		if broken != "does not count the worker" {
			t.holders++
		}
	case hand:
		p.at = unhold
		if m.slot.id == 0 {
			m.slot, p.at = p.task, rouse
		}
	case unhold:
		t.holders--
		p.at = claim
	case rouse:
		p.at = claim
		if m.asleep {
			m.asleep, p.at = false, wake
		}
	case wake:
		if m.wakes > 0 {
			return "", false
		}
		m.wakes, p.at = 1, claim
	case settled: // once stands for any number of looks
		p.at = expect
		if t.pending == 0 {
			p.at = release
		}
	case expect:
		p.at = release
		if t.waiting == 0 {
			t.waiting, p.at = 1, meet
		}
	case meet:
		if t.finished == 0 {
			return "", false
		}
		t.finished--
		p.at = release
	}
	return "", true
}

// explore visits every state and returns their number and the first thing
// that is wrong in one.
func explore(sections [2]int8, broken string) (int, string) {
	start := model{}
	start.procs[0].at = look
	for i, n := range sections {
		start.procs[i+1] = modelProc{at: begin, sections: n}
	}
	seen := map[model]bool{start: true}
	for todo := []model{start}; len(todo) > 0; {
		m := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		stuck := true
		for who := range m.procs {
			if m.procs[who].at == end {
				continue
			}
			next := m
			wrong, moved := next.advance(who, broken)
			if wrong != "" {
				return len(seen), wrong
			}
			stuck = stuck && !moved
			if moved && !seen[next] {
				seen[next] = true
				todo = append(todo, next)
			}
		}
		if !stuck {
			continue
		}
		rest := model{asleep: true, procs: m.procs}
		for i := range m.tasks {
			rest.tasks[i] = m.tasks[i]
			rest.tasks[i].used, rest.tasks[i].finished = false, 0
		}
		if m != rest || m.procs[1].at != end || m.procs[2].at != end {
			return len(seen), "nobody can go on, and not all is done"
		}
	}
	return len(seen), ""
}

func TestEveryInterleaving(t *testing.T) {
	for _, sections := range [][2]int8{{1, 1}, {2, 1}, {2, 2}} {
		states, wrong := explore(sections, "")
		if wrong != "" {
			t.Errorf("%v sections: a caller or the worker %s", sections, wrong)
		}
		t.Logf("%v sections: %d states", sections, states)
	}
	// The model would see it if the protocol were a worse one.
	for _, broken := range []string{"believes every wake", "sleeps without a second look", "does not count the worker"} {
		if _, wrong := explore([2]int8{2, 1}, broken); wrong == "" {
			t.Errorf("nothing found where the worker %s", broken)
		} else {
			t.Logf("the worker %s: %s", broken, wrong)
		}
	}
}
