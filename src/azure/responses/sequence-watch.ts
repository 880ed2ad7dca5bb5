/**
 * Watches `sequence_number`. An exact repetition of the event before is dropped; any other irregularity only raises
 * suspicion, because some servers do not count at all: the text of the closing event then decides.
 */
export class SequenceWatch {
  suspect = false;
  #last = -1;
  #counts = false;
  #bytes: Buffer | undefined;
  #start = 0;
  #end = 0;

  /** True where the service does count, and a number is missing or out of place: something did not arrive. */
  get lost(): boolean {
    return this.#counts && this.suspect;
  }

  /** False for an event that is the one before again. `sequence` is -1 where the event has no number. */
  accepts(sequence: number, bytes: Buffer, start: number, end: number): boolean {
    if (sequence === -1) return true;
    if (sequence === this.#last + 1) this.#counts ||= this.#last >= 0;
    else if (this.#last >= 0) {
      const repeated = this.#counts && sequence === this.#last && this.#equalsLast(bytes, start, end);
      if (repeated) return false;
      this.suspect = true;
    }
    this.#last = sequence;
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    return true;
  }

  #equalsLast(bytes: Buffer, start: number, end: number): boolean {
    return this.#bytes !== undefined && bytes.compare(this.#bytes, this.#start, this.#end, start, end) === 0;
  }
}
