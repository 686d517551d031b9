import { $, load, save, set } from "./dom.js";

const words = {
  en: {
    skip: "Skip to the content", controls: "Training", pause: "Pause", resume: "Go on", step: "One step", stop: "Stop", theme: "Light or dark",
    lost: "The connection is lost. Trying again …", numbers: "Numbers", alarms: "What looks wrong", curves: "Curves", smooth: "Smoothing", loss: "Loss", accuracy: "Accuracy",
    train: "training", trainsmooth: "training, smoothed", test: "test", rate: "Learning rate", halve: ": halve the learning rate", double: ": double the learning rate", asplanned: "As planned",
    network: "The network", colourby: "Colour by", grad: "Gradient", rms: "Activations", dead: "Dead channels",
    gradtext: "Colour: norm of the loss's gradient for the weights inside of a block, at the last step. Grey: no weights.",
    rmstext: "Colour: root mean square of a block's outputs over the samples.",
    deadtext: "Colour: share of a block's channels whose output is 0 everywhere, for every sample.",
    hist: "What flows through, over time", flow: "Values", act: "Activations", gradients: "Gradients",
    histtext: "Each column is one look: from bottom to top the size of the values, by powers of two; the bottom row counts exact zeros. Bright: many values.",
    samples: "Samples and what the network says", xray: "Look inside: an image's way through the network",
    xraytext: "Choose a sample above, or draw a digit. The maps then light up layer by layer. Choose a point of a convolution's map to see how it was computed.",
    padlabel: "Draw here with a pointer; choosing a sample above does the same by keyboard", whole: "Show all", mapslabel: "Maps, layer by layer", clear: "Clear", again: "Play again", scalpel: "Scalpel",
    foot: "Watching does not change what is learned. This page talks to no other machine.",
    waiting: "waiting", running: "running", paused: "paused", stopped: "stopped", finished: "finished",
    epoch: "epoch", of: "of", stepword: "step", left: "left", images: "Images a second", wait: "Data wait", testacc: "Test accuracy", trainacc: "Training accuracy", trainloss: "Training loss", params: "Parameters", total: "Steps",
    good: "Nothing so far.", nothing: "No look into the network yet.", show: "show",
    factor: (f) => `${f} times the planned rate`, change: (c, f) => `from step ${c.step}: ${f(c.from)} → ${f(c.to)} times the planned rate`,
    stoppedtext: "Training was stopped. Its state is kept; to go on:", stoppedplain: "Training was stopped.", finishedtext: "Training is finished.", errortext: (e) => `Training ended with an error: ${e}`,
    zero: "exactly 0", alive: "of the channels always 0", norm: "gradient norm", scale: "root mean square", viewas: "Show as", drawing: "Drawing", blocks: "Blocks", depth: "Levels of blocks", less: "Fewer boxes", more: "More boxes", unfold: "open", fold: "close", skipword: "shortcut",
    guess: "says", truth: "is", maps: (shown, all) => (shown < all ? `${shown} of ${all} maps` : `${all} maps`), values: (n) => `${n} values`,
    kernel: (l, u, y, x) => `How ${l} computes map ${u} at row ${y}, column ${x}`, patch: "input", weights: "weights", product: "products", channel: (i) => `channel ${i}`,
    others: (n) => `${n} other channels`, bias: "bias", sum: "sum", measured: "the network's value",
    scalpeltext: "Delete a unit or a whole block of the trained network and see what becomes of its accuracy on test images. The network itself stays as it is.",
    scalpelwait: "The scalpel is there when training is paused or over.", cutbranch: "delete the residual branch", cutlayer: "delete the layer", cutunit: "delete channel", restore: "Restore everything",
    filters: (n, all) => (n < all ? `${n} of ${all} filters` : `${all} filters`), before: "whole", now: "now", cutlist: "deleted", hit: "hit most", imagesof: (n) => `measured on ${n} images`, curvelabel: (n, v) => `${n}, latest value ${v}`, boxlabel: (p, k, v) => ` (${p}), ${k}: ${v}`, none: "no value",
  },
  ko: {
    skip: "본문으로 건너뛰기", controls: "학습", pause: "일시 정지", resume: "계속", step: "한 스텝", stop: "중지", theme: "밝게 또는 어둡게",
    lost: "연결이 끊어졌습니다. 다시 연결하는 중…", numbers: "수치", alarms: "이상 징후", curves: "학습 곡선", smooth: "평활화", loss: "손실", accuracy: "정확도",
    train: "학습", trainsmooth: "학습(평활화)", test: "시험", rate: "학습률", halve: ": 학습률을 절반으로", double: ": 학습률을 두 배로", asplanned: "계획대로",
    network: "신경망", colourby: "색의 기준", grad: "기울기", rms: "활성화 값", dead: "죽은 채널",
    gradtext: "색: 마지막 스텝에서 블록 안의 가중치에 대한 손실 기울기의 노름. 회색: 가중치 없음.",
    rmstext: "색: 표본에 대한 블록 출력의 제곱평균제곱근(RMS).",
    deadtext: "색: 모든 표본에서 출력이 전부 0인 채널의 비율.",
    hist: "시간에 따라 흐르는 값", flow: "값", act: "활성화 값", gradients: "기울기",
    histtext: "한 열은 한 번의 관찰입니다. 아래에서 위로 값의 크기를 2의 거듭제곱 단위로 나누었고, 맨 아랫줄은 정확히 0인 값입니다. 밝을수록 값이 많습니다.",
    samples: "표본과 신경망의 예측", xray: "들여다보기: 이미지가 신경망을 지나는 길",
    xraytext: "위에서 표본을 고르거나 숫자를 그려 보세요. 특징 맵이 층마다 차례로 켜집니다. 합성곱 층의 맵에서 한 점을 고르면 그 값이 어떻게 계산되었는지 볼 수 있습니다.",
    padlabel: "포인터로 여기에 그리세요. 키보드로는 위의 표본을 고르면 됩니다", whole: "전체 보기", mapslabel: "층별 특징 맵", clear: "지우기", again: "다시 재생", scalpel: "메스",
    foot: "지켜보아도 학습 결과는 달라지지 않습니다. 이 페이지는 다른 컴퓨터와 통신하지 않습니다.",
    waiting: "대기 중", running: "학습 중", paused: "일시 정지", stopped: "중지됨", finished: "완료",
    epoch: "에폭", of: "/", stepword: "스텝", left: "남음", images: "초당 이미지", wait: "데이터 대기", testacc: "시험 정확도", trainacc: "학습 정확도", trainloss: "학습 손실", params: "매개변수", total: "스텝",
    good: "아직 없습니다.", nothing: "아직 신경망을 들여다보지 않았습니다.", show: "보기",
    factor: (f) => `계획된 학습률의 ${f}배`, change: (c, f) => `스텝 ${c.step}부터: 계획된 학습률의 ${f(c.from)}배 → ${f(c.to)}배`,
    stoppedtext: "학습이 중지되었습니다. 상태는 저장되어 있으며, 이어서 하려면:", stoppedplain: "학습이 중지되었습니다.", finishedtext: "학습이 끝났습니다.", errortext: (e) => `오류로 학습이 끝났습니다: ${e}`,
    zero: "정확히 0", alive: "의 채널이 항상 0", norm: "기울기 노름", scale: "RMS", viewas: "보기 방식", drawing: "그림", blocks: "블록", depth: "블록 단계", less: "상자 줄이기", more: "상자 늘리기", unfold: "펼치기", fold: "접기", skipword: "스킵 연결",
    guess: "예측", truth: "정답", maps: (shown, all) => (shown < all ? `맵 ${all}개 중 ${shown}개` : `맵 ${all}개`), values: (n) => `값 ${n}개`,
    kernel: (l, u, y, x) => `${l}의 맵 ${u}에서 ${y}행 ${x}열의 값이 계산되는 과정`, patch: "입력", weights: "가중치", product: "곱", channel: (i) => `채널 ${i}`,
    others: (n) => `나머지 채널 ${n}개`, bias: "편향", sum: "합", measured: "신경망의 값",
    scalpeltext: "학습된 신경망에서 유닛 하나나 블록 전체를 잘라 내고 시험 이미지에 대한 정확도가 어떻게 변하는지 보세요. 원래 신경망은 그대로입니다.",
    scalpelwait: "메스는 학습이 일시 정지되었거나 끝났을 때 쓸 수 있습니다.", cutbranch: "잔차 가지 삭제", cutlayer: "층 삭제", cutunit: "채널 삭제", restore: "모두 되돌리기",
    filters: (n, all) => (n < all ? `필터 ${all}개 중 ${n}개` : `필터 ${all}개`), before: "원래", now: "지금", cutlist: "삭제됨", hit: "가장 크게 떨어진 클래스", imagesof: (n) => `이미지 ${n}장으로 측정`, curvelabel: (n, v) => `${n}, 최근 값 ${v}`, boxlabel: (p, k, v) => ` (${p}), ${k}: ${v}`, none: "값 없음",
  },
};

export let language = load("language") || (navigator.language.startsWith("ko") ? "ko" : "en");

export const t = (key, ...args) => { const w = words[language][key]; return typeof w === "function" ? w(...args) : (w ?? key); };

// translate writes the page's fixed words.
export function translate() {
  document.documentElement.lang = language;
  for (const e of document.querySelectorAll("[data-t]")) set(e, t(e.dataset.t));
  for (const e of document.querySelectorAll("[data-label]")) e.setAttribute("aria-label", t(e.dataset.label));
  const other = $("language");
  set(other, language === "ko" ? "English" : "한국어");
  other.lang = language === "ko" ? "en" : "ko";
}

export function switchLanguage() {
  language = language === "ko" ? "en" : "ko";
  save("language", language);
  translate();
}
