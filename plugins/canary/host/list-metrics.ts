import { Gauge, TotalCounter } from "../../../assembly";
import { FETCH_RESULTS } from "../lists/fetch-result";
import { ListRefresh } from "../lists/list-refresh";

/** What people see of a fetched list. All workers set the gauges, to the same but for a tick or two. */
@final
export class ListMetrics {
  private readonly age: Gauge;
  private readonly ids: Gauge;
  private readonly fetches: TotalCounter[] = [];

  /** Only in onConfigure: allocates. */
  constructor(list: string) {
    const prefix = `list=.=${list};.;`;
    this.age = new Gauge(prefix + "tidegate_canary_list_age_seconds");
    this.ids = new Gauge(prefix + "tidegate_canary_list_ids");
    for (let i = 0; i < FETCH_RESULTS.length; i++) {
      const result = `result=.=${FETCH_RESULTS[i]};.;`;
      this.fetches.push(new TotalCounter(`${prefix}${result}tidegate_canary_list_fetches_total`));
    }
  }

  /** Two host calls, and one for each result that was counted. Allocates: nothing. */
  show(refresh: ListRefresh, nowMs: u64): void {
    this.age.record(refresh.age(nowMs));
    this.ids.record(refresh.list.size);
    for (let i = 0; i < this.fetches.length; i++) this.fetches[i].follow(unchecked(refresh.totals[i]));
  }
}
