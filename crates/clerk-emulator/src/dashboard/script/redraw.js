// Who changes something has the view drawn again; main.js says how.

let draw = async () => {};

export const drawnBy = (how) => { draw = how; };
export const redraw = () => draw();
