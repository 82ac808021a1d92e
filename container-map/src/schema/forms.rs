//! The forms that the reader takes for the elements of lists (docker-map 2.4).

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::Shape;
use super::keys::{self, object};
use crate::raw::{ENDPOINT, ENDPOINT_CELLS, EXEC, HEALTHCHECK, RowForm};

/// Returns the form of a text alone or of a list of texts.
pub(super) fn texts() -> Shape {
    Shape::Text.or(Shape::Text.list())
}

/// Returns the form of a property whose elements are rows: one of them, a list, or a mapping of first cells to the others.
pub(super) fn rows(form: RowForm, fields: &Shape) -> Shape {
    let cell = || Shape::Text.or_null();
    let last = || cell().or(cell().list()).or(fields.clone());
    let mut cells: Vec<Shape> = Vec::from([Shape::Text]);
    cells.extend((1..form.most).map(|_| last()));
    let pair = Shape::Pair { value: Box::new(last()), except: form.fields.keys };
    let element = Shape::AnyOf(Vec::from([Shape::Text, Shape::Cells(cells), fields.clone(), pair]));
    one_or_several(fields.clone(), element, last())
}

/// Returns the form of the networks that a container joins.
pub(super) fn endpoints() -> Shape {
    let fields = object(ENDPOINT, keys::endpoint);
    let aliases = texts().or_null();
    let value = || aliases.clone().or(fields.clone());
    let mut cells: Vec<Shape> = Vec::from([Shape::Text]);
    cells.extend(ENDPOINT_CELLS.iter().filter_map(|key| keys::endpoint(key)).map(|key| key.shape.or_null()));
    let named = Shape::Cells(Vec::from([Shape::Text, fields.clone()]));
    let element = Shape::AnyOf(Vec::from([
        Shape::Text,
        Shape::Cells(cells),
        named,
        fields.clone(),
        Shape::Pair { value: Box::new(value()), except: ENDPOINT.keys },
    ]));
    one_or_several(fields.clone(), element, value())
}

/// Returns the form of commands that are run in a container.
pub(super) fn exec_commands() -> Shape {
    let fields = object(EXEC, keys::exec);
    let cells = EXEC.keys.iter().filter_map(|key| keys::exec(key)).map(|key| key.shape.or_null());
    let element = Shape::AnyOf(Vec::from([Shape::Text, Shape::Cells(cells.collect()), fields.clone()]));
    one_or_several(fields, element, user().or_null())
}

/// Returns the form of a health check.
pub(super) fn healthcheck() -> Shape {
    let cells = HEALTHCHECK.keys.iter().filter_map(|key| keys::healthcheck(key));
    let cells = Shape::Cells(cells.map(|key| key.shape.or_null()).collect());
    // A list of texts can be the words of the test.
    Shape::Text.or(cells).or(Shape::Text.list()).or(object(HEALTHCHECK, keys::healthcheck)).or_null()
}

/// Returns the form of a user, which docker-map takes with its group as a list too.
pub(super) fn user() -> Shape {
    Shape::Text.or(Shape::Cells(Vec::from([Shape::Text, Shape::Text])))
}

/// A list is always one of elements, so a single element is a text or names its fields.
fn one_or_several(fields: Shape, element: Shape, value: Shape) -> Shape {
    Shape::Text.or(fields).or(element.list()).or(value.mapping()).or_null()
}
