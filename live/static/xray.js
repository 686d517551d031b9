export function build(view) {}
export function draw(view) {}
export function show(view, what) {}
