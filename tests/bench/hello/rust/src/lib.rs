//! Adds one response header with the Rust SDK: the benchmark compares our filters with it.
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

proxy_wasm::main! {{
    proxy_wasm::set_http_context(|_, _| -> Box<dyn HttpContext> { Box::new(Hello) });
}}

struct Hello;

impl Context for Hello {}

impl HttpContext for Hello {
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        self.add_http_response_header("hello", "world");
        Action::Continue
    }
}
