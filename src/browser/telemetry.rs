use super::{Browser, js};
use crate::port::{Event, Fact, Telemetry};

impl Telemetry for Browser {
    fn is_heard(&self) -> bool {
        self.on_event.is_some() || self.user_timing
    }

    fn emit(&self, event: Event<'_>) {
        if !self.is_heard() {
            return;
        }
        let mut members = vec![
            ("type", event.step.as_str().into()),
            ("startTime", event.started_ms.into()),
            ("durationMs", event.duration_ms.into()),
            (
                "error",
                js::optional(event.error.map(|error| error.as_str())),
            ),
        ];
        for (name, fact) in event.facts {
            let value = match *fact {
                Fact::Text(Some(text)) => text.into(),
                Fact::Number(Some(number)) => number.into(),
                Fact::Flag(flag) => flag.into(),
                _ => continue,
            };
            members.push((name, value));
        }
        let told = js::object(&members);
        if self.user_timing {
            let options = js::bare(&[
                ("start", event.started_ms.into()),
                ("duration", event.duration_ms.into()),
                ("detail", told.clone()),
            ]);
            let name = ["entra-flow: ", event.step.as_str()].concat();
            let performance = js::get(&js::global(), "performance").unwrap_or_default();
            let _ = js::call(&performance, "measure", &[name.into(), options]);
        }
        if let Some(callback) = &self.on_event {
            js::tell(callback, &told);
        }
    }
}
