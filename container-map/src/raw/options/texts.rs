//! Values of options that are written as one text or number.

use alloc::string::ToString;
use core::net::IpAddr;

use super::OptionValue;
use crate::config::{
    Capability, CgroupNamespace, CpuSet, DeviceCount, DeviceRule, HostNamespace, IpcMode, Isolation,
    MacAddress, Number, OptionError, PidMode, SecurityOption, Subnet, SwapLimit, TmpfsOptions, Word,
};
use crate::error::ValueError;
use crate::path::ContainerPath;
use crate::quantity::ByteSize;
use crate::raw::place::Problems;
use crate::raw::read::optional;
use crate::schema::Shape;
use crate::user::Ident;
use crate::validate::{bad_value, unknown_word, value};
use crate::value::Value as Written;
use crate::yaml::Node;

/// Values whose text says all of them.
macro_rules! texts {
    ($($type:ty => $what:literal),+ $(,)?) => {$(
        impl OptionValue for $type {
            fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
                optional(node, $what, problems).and_then(|text| value(&text, $what, problems))
            }

            fn write(&self) -> Written {
                Written::text(self.to_string())
            }

            fn shape() -> Shape {
                Shape::Text
            }
        }
    )+};
}

texts! {
    Capability => "a capability",
    ContainerPath => "a path in the container",
    CpuSet => "a set of processors",
    DeviceRule => "a rule for devices",
    Ident => "a group",
    IpcMode => "a mode",
    MacAddress => "a hardware address",
    PidMode => "a mode",
    SecurityOption => "a security option",
    Subnet => "a subnet",
    TmpfsOptions => "options of a tmpfs",
}

/// Values that are one of a few words.
macro_rules! words {
    ($($type:ty),+) => {$(
        impl OptionValue for $type {
            fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
                let text = optional(node, "a word", problems)?;
                let found = text.as_str().parse().ok();
                if found.is_none() {
                    unknown_word(&text, Self::WORDS, problems);
                }
                found
            }

            fn write(&self) -> Written {
                Written::text(self.as_str())
            }

            fn shape() -> Shape {
                Shape::Word(Self::WORDS)
            }
        }
    )+};
}

words!(CgroupNamespace, HostNamespace, Isolation);

impl<const LEAST: i64, const MOST: i64> OptionValue for Number<LEAST, MOST> {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let text = optional(node, "a number", problems)?;
        if text.as_str().parse().is_ok_and(Self::is_unset) {
            return None;
        }
        value(&text, "a number", problems)
    }

    fn write(&self) -> Written {
        self.get().into()
    }

    fn shape() -> Shape {
        Shape::Integer
    }
}

impl OptionValue for ByteSize {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let text = optional(node, "a size", problems)?;
        // The engine takes no bytes at all for no limit.
        value(&text, "a size", problems).filter(|size| *size != Self::new(0))
    }

    fn write(&self) -> Written {
        number_or_text(self)
    }

    fn shape() -> Shape {
        Shape::Integer.or(Shape::Text)
    }
}

impl OptionValue for SwapLimit {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let text = optional(node, "a size", problems)?;
        value(&text, "a size, or `-1`", problems).filter(|limit| *limit != Self::Size(ByteSize::new(0)))
    }

    fn write(&self) -> Written {
        number_or_text(self)
    }

    fn shape() -> Shape {
        ByteSize::shape()
    }
}

impl OptionValue for DeviceCount {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let text = optional(node, "a number of devices", problems)?;
        value(&text, "a number of devices", problems)
    }

    fn write(&self) -> Written {
        number_or_text(self)
    }

    fn shape() -> Shape {
        Shape::Integer.or(Shape::Word(&["all"]))
    }
}

/// Returns a number for what is printed like one.
fn number_or_text(value: &impl ToString) -> Written {
    let text = value.to_string();
    text.parse::<i64>().map_or_else(|_| Written::text(text), Written::from)
}

impl OptionValue for IpAddr {
    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let text = optional(node, "an address", problems)?;
        let parsed = text.as_str().parse().ok();
        if parsed.is_none() {
            let source = OptionError::form(text.as_str(), "an address as `10.0.0.53`");
            bad_value(&text, "an address", ValueError::from(source), problems);
        }
        parsed
    }

    fn write(&self) -> Written {
        Written::text(self.to_string())
    }

    fn shape() -> Shape {
        Shape::Text
    }
}
