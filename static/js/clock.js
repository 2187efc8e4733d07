// Times as figures. Pure functions: no page, no state.

const two = (number) => String(number).padStart(2, "0");

// “6:05” of seconds.
export const timeLeft = (seconds) => `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;

// A time of day as the server writes it: `style` is cinema.domain.clock.ClockStyle as JSON.
export function writtenTime(minutes, { halves, two_digits: twoDigits }) {
  const [hour, minute] = timeOfDay(minutes).split(":");
  if (halves.length) return `${hour % 12 || 12}:${minute}\u00a0${halves[Math.floor(hour / 12)]}`;
  return twoDigits ? `${hour}:${minute}` : `${Number(hour)}:${minute}`;
}

// “23:30” of minutes since midnight, of the day before or after, too.
export function timeOfDay(minutes) {
  const within = ((minutes % 1440) + 1440) % 1440;
  return `${two(Math.floor(within / 60))}:${two(within % 60)}`;
}
