import { Context } from "../../runtime/context";
import { ForwardingContext } from "../forwarding-context";
import { StreamChoices } from "./stream-choices";
import { SettingsRoot } from "./settings-root";

/** One stream, in a module that hears of its end. */
@final
export class ChosenContext extends ForwardingContext {
  private inner: Context | null = null;

  constructor(private readonly root: SettingsRoot) {
    super();
  }

  protected choose(): Context {
    const before = this.inner;
    if (before != null) return before;
    const root = this.root;
    const inner = root.at(root.choose()).acquire(this.contextId);
    this.inner = inner;
    return inner;
  }

  protected chosen(): Context | null {
    return this.inner;
  }

  onDelete(): void {
    const inner = this.inner;
    if (inner == null) return;
    this.inner = null;
    inner.onDelete();
    const owner = inner.owner;
    if (owner != null) owner.recycle(inner);
  }
}

/** All streams, in a module that does not: which was chosen for which is remembered for the latest of them. */
@final
export class SharedChoiceContext extends ForwardingContext {
  private readonly choices: StreamChoices = new StreamChoices();

  constructor(private readonly root: SettingsRoot) {
    super();
  }

  protected choose(): Context {
    const choice = this.root.choose();
    this.choices.insert(this.contextId, choice);
    return this.root.at(choice).shared(this.contextId);
  }

  protected chosen(): Context | null {
    return this.root.at(this.choices.find(this.contextId)).shared(this.contextId);
  }
}
