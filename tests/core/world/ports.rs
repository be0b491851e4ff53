//! The ports of `src/port.rs`, answered as the world's scripts say.

use super::*;

impl Clock for World {
    fn now_ms(&self) -> f64 {
        self.time.now()
    }

    fn date_ms(&self) -> f64 {
        START_OF_DAY_MS + self.time.now() + self.date_skew_ms.get()
    }

    fn sleep(&self, ms: f64) -> LocalBoxFuture<'static, ()> {
        self.time.sleep(ms).boxed_local()
    }

    fn random(&self) -> f64 {
        self.random.get()
    }

    fn spawn(&self, work: LocalBoxFuture<'static, ()>) {
        self.time.spawn(work);
    }
}

impl Page for World {
    fn would_open_a_popup(&self) -> bool {
        self.popup_would_open.get()
    }

    fn is_hidden(&self) -> bool {
        self.hidden.get()
    }

    fn decode_base64(&self, text: &str) -> Option<String> {
        plain::decode_base64(text)
    }

    fn parse_date(&self, text: &str) -> Option<f64> {
        plain::parse_date(text)
    }

    fn origin(&self) -> Option<String> {
        Some(self.rows.origin.borrow().clone())
    }

    async fn organization(&self) -> Option<Organization> {
        if self.rows.organization_hangs.get() {
            std::future::pending::<()>().await;
        }
        self.rows.organization.borrow().clone()
    }

    fn watch_policy(&self) -> Box<dyn PolicyWatch> {
        self.rows.watch()
    }

    async fn knock(&self, url: &TrustedUrl) -> bool {
        self.rows.knock(url.authority())
    }
}

impl TokenSource for World {
    fn is_function(&self) -> bool {
        self.function.get()
    }

    fn accounts(&self) -> Result<Vec<KnownAccount>, Box<TokenFailure>> {
        if self.accounts_throw.get() {
            return Err(Box::new(TokenFailure {
                name: "TypeError".to_owned(),
                ..TokenFailure::default()
            }));
        }
        let known = |(username, tenant): &(&str, &str)| KnownAccount {
            handle: account(username),
            tenant_id: (*tenant).to_owned(),
            username: (*username).to_owned(),
            login_hint: None,
        };
        Ok(self.accounts.borrow().iter().map(known).collect())
    }

    async fn acquire(
        &self,
        way: Way,
        ask: &TokenAsk,
        subject: &Subject,
    ) -> Result<Secret, Box<TokenFailure>> {
        let script = match way {
            Way::Silent => &self.silent,
            Way::Sso => &self.sso,
            Way::Popup => &self.popup,
        };
        let asked = log::TokenAsked {
            way,
            ask: ask.clone(),
            account: subject
                .account
                .as_ref()
                .map(|account| text_of(account).to_owned()),
            login_hint: subject.login_hint.clone(),
            ambiguous: subject.ambiguous,
        };
        self.asked(What::Token(asked), script.next(ask))
            .await
            .map_err(Box::new)
    }
}

impl Dataverse for World {
    async fn dataverse(&self, call: DataverseCall<'_>) -> Result<Foreign, Box<DataverseFailure>> {
        if let Some(asked) = Look::of(&call) {
            return self.operate(asked).await;
        }
        if let Some(answer) = self.row_with_definition(call).await {
            return answer.map(json_value).map_err(Box::new);
        }
        let DataverseCall::Retrieve { table, id, options } = call else {
            let asking = Asking::of(call);
            let reply = self.tables.script.next(&asking);
            return self
                .asked(What::Table(asking), reply)
                .await
                .map(json_value)
                .map_err(Box::new);
        };
        assert_eq!(
            (table, options),
            ("workflow", "?$select=resourceid,statecode,category")
        );
        self.asked(What::Row(id.as_str().to_owned()), self.row.next(id))
            .await
            .map(json_value)
            .map_err(Box::new)
    }
}

plain::values_of_json!(World);

impl Http for World {
    type Answer = Foreign;

    async fn send(&self, request: Request<'_>) -> Result<Head<Foreign>, Unanswered> {
        let sent = Rc::new(Sent {
            method: request.method.as_str(),
            url: request.url.expose().to_owned(),
            bearer: request.bearer.map(|bearer| bearer.expose().to_owned()),
            headers: request.headers.to_vec(),
            body: request
                .body
                .map(|body| body.downcast_ref::<Value>().unwrap().clone()),
            ran: Cell::new(false),
        });
        self.judge_request(&sent);
        let routes = self.routes.borrow().clone();
        let route = routes
            .iter()
            .find(|(prefix, _)| sent.url.starts_with(prefix.as_str()));
        let Some((_, script)) = route else {
            panic!(
                "a request went to {}, which the test does not know",
                sent.url
            )
        };
        let reply = script.next(&sent);
        sent.ran.set(sent.is_to_the_flow() && reply.value.ran());
        match self.asked(What::Http(sent), reply).await {
            Wire::Answer(answer) => Ok(Head {
                status: answer.status,
                headers: Rc::new(answer.headers.clone()),
                answer: Rc::new(answer),
            }),
            Wire::None { sent } => Err(Unanswered {
                sent,
                cause: Some(foreign("TypeError: Failed to fetch")),
            }),
        }
    }

    fn with_member(&self, body: &Foreign, name: &str, value: &Secret) -> Option<Foreign> {
        let mut object = body.downcast_ref::<Value>()?.as_object()?.clone();
        let before = object.insert(name.to_owned(), json!(value.expose()));
        before.is_none().then(|| json_value(Value::Object(object)))
    }

    fn header(&self, headers: &Foreign, name: &str) -> Option<String> {
        let headers = headers.downcast_ref::<Vec<(String, String)>>()?;
        headers
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.clone())
    }

    async fn read(&self, answer: &Foreign, how: ReadAs) -> Result<Foreign, Unread> {
        let answer = answer.downcast_ref::<AnswerOnWire>().unwrap();
        let _reading = self.reads();
        answer.body_comes(&self.time).await;
        match (&answer.body, how) {
            (Body::Broken, _) => Err(Unread::Broken(Unanswered {
                sent: true,
                cause: None,
            })),
            (Body::Text(text), ReadAs::Json) => Err(Unread::NotJson {
                text: foreign(text),
                cause: None,
            }),
            (Body::Text(text), _) => Ok(Rc::new(json!(text))),
            (Body::Json(value), _) => Ok(Rc::new(value.clone())),
        }
    }

    async fn read_error(&self, answer: &Foreign) -> Option<Foreign> {
        let answer = answer.downcast_ref::<AnswerOnWire>().unwrap();
        let _reading = self.reads();
        answer.body_comes(&self.time).await;
        match &answer.body {
            Body::Json(value) => Some(json_value(value.clone())),
            Body::Text(text) => Some(json_value(json!(text))),
            Body::Broken => None,
        }
    }
}

impl Wire {
    fn ran(&self) -> bool {
        match self {
            Self::Answer(answer) => answer.ran,
            Self::None { sent } => *sent,
        }
    }
}
