//! Requests and answers of the vendor's wire format: parsed requests, answers, refusals, and their parts.

mod answer;
mod call;
mod distortion;
mod fields;
mod object;
mod page;
mod principal;
mod refusal;
mod shape;

pub(crate) use answer::{Answer, FAULT_HEADER};
pub(crate) use call::{Call, Incoming};
pub(crate) use distortion::Distortion;
pub(crate) use fields::{Change, Fields};
pub(crate) use object::{merged, without_nulls};
pub(crate) use page::{Page, Paging, list};
pub(crate) use principal::Principal;
pub(crate) use refusal::Refusal;
pub(crate) use shape::Shape;
