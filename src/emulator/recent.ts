/** Values in the order they came; the oldest are forgotten beyond a number of them, or a number of characters in all. */
export class Recent<Value> {
  /** Oldest first. */
  readonly values: Value[] = [];
  readonly #sizes: number[] = [];
  readonly #most: { readonly values: number; readonly characters: number };
  #characters = 0;

  constructor(most: { readonly values: number; readonly characters: number }) {
    this.#most = most;
  }

  /** Adds a value that holds about `size` characters, and gives back what is forgotten for it. The newest always stays. */
  add(value: Value, size: number): Value[] {
    this.values.push(value);
    this.#sizes.push(size);
    this.#characters += size;
    let count = 0;
    while (
      count < this.values.length - 1 &&
      (this.values.length - count > this.#most.values || this.#characters > this.#most.characters)
    )
      this.#characters -= this.#sizes[count++]!;
    this.#sizes.splice(0, count);
    return this.values.splice(0, count);
  }
}
