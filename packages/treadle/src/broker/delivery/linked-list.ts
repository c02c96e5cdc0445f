/** Where a value stands in a `LinkedList`; whoever keeps it can take the value out at once. */
export interface ListPlace<T> {
  readonly value: T;
  readonly next: ListPlace<T> | undefined;
}

interface Place<T> extends ListPlace<T> {
  next: Place<T> | undefined;
  previous: Place<T> | undefined;
  list: LinkedList<T> | undefined;
}

/** Values in order, where adding at the end and taking out anywhere cost the same however many there are. */
export class LinkedList<T> {
  #first: Place<T> | undefined;
  #last: Place<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): ListPlace<T> | undefined {
    return this.#first;
  }

  /** Adds a value at the end, or before `next`. */
  add(value: T, next?: ListPlace<T>): ListPlace<T> {
    const after = next as Place<T> | undefined; // every place is made here
    const previous = after ? after.previous : this.#last;
    const place: Place<T> = { value, next: after, previous, list: this };
    if (previous) previous.next = place;
    else this.#first = place;
    if (after) after.previous = place;
    else this.#last = place;
    this.#size += 1;
    return place;
  }

  /** Takes out what stands at a place; does nothing when it is out already. Who walks the list may go on from there with `next`. */
  delete(listPlace: ListPlace<T>): void {
    const place = listPlace as Place<T>; // every place is made here
    if (place.list !== this) return;
    place.list = undefined;
    const { previous, next } = place;
    if (previous) previous.next = next;
    else this.#first = next;
    if (next) next.previous = previous;
    else this.#last = previous;
    this.#size -= 1;
  }

  /** Takes the first value out; `undefined` when there is none. */
  shift(): T | undefined {
    const first = this.#first;
    if (first) this.delete(first);
    return first?.value;
  }

  clear(): void {
    while (this.#first) this.delete(this.#first);
  }
}
