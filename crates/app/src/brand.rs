//! `vestibule brand`: how an environment presents itself to customers.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::str::FromStr;

use clap::Args;
use vestibule_application::change::Change;
use vestibule_application::ports::pictures::{PICTURE_BYTES_MAX, PicturePlace, Pictures as _};
use vestibule_application::usecase;
use vestibule_application::usecases::brand_environment::{BrandEnvironment, BrandEnvironmentCommand};
use vestibule_domain::audit::Actor;
use vestibule_domain::brand::{BrandColor, BrandImage};
use vestibule_domain::email::EmailAddress;
use vestibule_domain::id::EnvironmentId;
use vestibule_domain::text::Name;
use vestibule_pictures::PictureAdapter;

use crate::config::Config;
use crate::{Failure, logging, wiring};

/// What takes a value back.
const NONE: &str = "none";

/// What `brand` can be told. What is left out stays as it is.
#[derive(Debug, Args)]
pub(crate) struct BrandArguments {
    /// The environment, as `bootstrap` printed it.
    environment: String,
    /// The product's name, or `none` for the environment's.
    #[arg(long)]
    product_name: Option<String>,
    /// Whom IT admins may ask, or `none`.
    #[arg(long)]
    support_email: Option<String>,
    /// The colour of buttons and marks, for example `#2f5bd0`, or `none` for ours.
    #[arg(long)]
    color: Option<String>,
    /// A picture for the top of every page (PNG, JPEG, WebP or SVG), or `none`.
    #[arg(long)]
    logo: Option<String>,
    /// The same for dark pages, or `none` for the other one.
    #[arg(long)]
    logo_dark: Option<String>,
    /// A square picture for consoles and browsers, or `none` for the product's initial.
    #[arg(long)]
    icon: Option<String>,
    /// A square picture for browsers, or `none` for the icon.
    #[arg(long)]
    favicon: Option<String>,
}

/// A change as an argument tells it.
fn change<T, E: std::fmt::Display>(
    flag: &str,
    given: Option<&str>,
    read: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Change<T>, Failure> {
    match given {
        None => Ok(Change::Keep),
        Some(NONE) => Ok(Change::Reset),
        Some(raw) => read(raw)
            .map(Change::Set)
            .map_err(|error| Failure::Configuration(format!("--{flag} `{raw}`: {error}"))),
    }
}

/// Reads a picture, and no more of a file than a picture may have, and draws it afresh.
fn picture(path: &str, place: PicturePlace) -> Result<BrandImage, String> {
    let file = std::fs::File::open(Path::new(path)).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    // One byte more tells a file that is too large from one that just fits.
    let limit = u64::try_from(PICTURE_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
    file.take(limit).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    PictureAdapter.draw(&bytes, place).map_err(|error| error.to_string())
}

fn command(arguments: &BrandArguments) -> Result<BrandEnvironmentCommand, Failure> {
    let environment_id = EnvironmentId::from_str(&arguments.environment)
        .map_err(|error| Failure::Configuration(format!("`{}`: {error}", arguments.environment)))?;
    let drawn =
        |flag, given: &Option<String>, place| change(flag, given.as_deref(), |path| picture(path, place));
    Ok(BrandEnvironmentCommand {
        actor: Actor::system(),
        environment_id,
        made_from: None,
        product_name: change("product-name", arguments.product_name.as_deref(), Name::parse)?,
        support_email: change("support-email", arguments.support_email.as_deref(), EmailAddress::parse)?,
        color: change("color", arguments.color.as_deref(), BrandColor::parse)?,
        logo: drawn("logo", &arguments.logo, PicturePlace::Logo)?,
        logo_dark: drawn("logo-dark", &arguments.logo_dark, PicturePlace::Logo)?,
        icon: drawn("icon", &arguments.icon, PicturePlace::Icon)?,
        favicon: drawn("favicon", &arguments.favicon, PicturePlace::Favicon)?,
    })
}

/// Runs `brand`.
pub(crate) async fn run(config: &Config, arguments: &BrandArguments) -> Result<(), Failure> {
    let command = command(arguments)?;
    let ambient = wiring::ambient(config, config.bind)?;
    let store = wiring::connect(config).await?;
    let case = BrandEnvironment { ambient };
    let environment =
        usecase::run(&store, &case, command).await.map_err(|error| Failure::Other(logging::chain(&error)))?;
    let branding = &environment.branding;
    let or_none = |text: Option<String>| text.unwrap_or_else(|| NONE.to_owned());
    let text = format!(
        "product name   {}\nsupport e-mail {}\ncolour         {}\nlogo           {}\nlogo, dark     {}\nicon           {}\nfavicon        {}\n",
        environment.display_name(),
        or_none(branding.support_email.as_ref().map(ToString::to_string)),
        or_none(branding.color.map(|color| color.to_string())),
        or_none(branding.logo.as_ref().map(sides)),
        or_none(branding.logo_dark.as_ref().map(sides)),
        or_none(branding.icon.as_ref().map(sides)),
        or_none(branding.favicon.as_ref().map(sides)),
    );
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::other("cannot print", &error))
}

fn sides(image: &BrandImage) -> String {
    let (width, height) = image.sides_px();
    format!("{width} × {height} pixels")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        arguments: BrandArguments,
    }

    fn given(rest: &[&str]) -> Result<BrandEnvironmentCommand, Failure> {
        let line = ["brand", "environment_01KA0000000000000000000000"].iter().chain(rest);
        command(&Line::parse_from(line).arguments)
    }

    #[test]
    fn what_is_left_out_is_kept_and_none_takes_back() {
        let command = given(&["--color", "#2F5BD0", "--logo", "none"]).unwrap();
        assert_eq!(command.color, Change::Set(BrandColor { red: 0x2f, green: 0x5b, blue: 0xd0 }));
        assert_eq!((command.logo, command.icon), (Change::Reset, Change::Keep));
        assert_eq!(command.product_name, Change::Keep);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (rest, told) in [
            (["--color", "blue"], "--color `blue`: a colour is written as"),
            (["--support-email", "x"], "--support-email `x`: "),
            (["--icon", "/nowhere.png"], "--icon `/nowhere.png`: "),
            (["--icon", file!()], "--icon"),
        ] {
            let refused = given(&rest).unwrap_err().to_string();
            assert!(refused.starts_with(told), "{refused}");
        }
    }
}
