//! The hub's settings: what can be set, what each is without being set, and what may not be.
//!
//! Reading files and variables is the daemon crate's part; this names the settings. Every one of
//! them stands in `deploy/counterpart-hub.toml` with a comment.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use counterpart_daemon::db::{DbPlace, ServerUrl};
use counterpart_daemon::telemetry::LogFormat;
use counterpart_protocol::catalog::TaxClass;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::tax::Rate;
use serde::Deserialize;

/// The usual port of the console, the API and enrolment.
pub const PUBLIC_PORT: u16 = 8400;
/// The usual port of the edges.
pub const SYNC_PORT: u16 = 8401;
/// The usual folder of the hub's database and keys.
pub const DATA_FOLDER: &str = ".counterpart/hub";

/// Everything that can be set.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct HubConfig {
    /// The folder of the authority's key, the server's key and, unless `database` is set, the
    /// database.
    pub data: PathBuf,
    /// A PostgreSQL database to use instead of a SQLite file in the data folder. Several hubs may
    /// use one, with the same keys.
    pub database: Option<ServerUrl>,
    /// Where the console, the API and enrolment are served, always with TLS.
    pub public_listen: SocketAddr,
    /// Where edges are served, with client certificates only.
    pub sync_listen: SocketAddr,
    /// Where the console is served without TLS: a loopback address, for a browser on this machine
    /// or a proxy before it. Not served unless set.
    pub loopback_listen: Option<SocketAddr>,
    /// The DNS names and IP addresses under which browsers and edges reach this hub; its
    /// certificate names them.
    pub names: Vec<String>,
    /// What edges are told to connect to; the first of `names` with the sync port unless set.
    pub sync_address: Option<String>,
    /// The tax classes products may name.
    pub tax_classes: Vec<TaxClassSetting>,
    /// The password `admin` gets at the very first start; a random one, shown once, unless set.
    pub first_admin_password: Option<String>,
    /// What a monitor on another machine sends to read `/metrics`; unless set, only this one may.
    pub metrics_token: Option<String>,
    /// What is logged, and how.
    pub log: LogSettings,
}

/// A tax class as it is set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TaxClassSetting {
    /// Its short name in product files, such as `standard`.
    pub id: String,
    /// Its name on receipts, such as `VAT 21 %`.
    pub name: String,
    /// The rate in percent with at most three decimals, as text: `21` or `5.5`.
    pub rate_percent: String,
}

/// What is logged, and how.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct LogSettings {
    /// `pretty` for people, `json` for collectors.
    pub format: LogFormat,
    /// Which levels: `info`, or `info,counterpart_hub=debug`.
    pub filter: String,
}

impl Default for HubConfig {
    fn default() -> Self {
        let everywhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        Self {
            data: PathBuf::from(DATA_FOLDER),
            database: None,
            public_listen: SocketAddr::new(everywhere, PUBLIC_PORT),
            sync_listen: SocketAddr::new(everywhere, SYNC_PORT),
            loopback_listen: None,
            names: vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
            sync_address: None,
            tax_classes: usual_tax_classes(),
            first_admin_password: None,
            metrics_token: None,
            log: LogSettings::default(),
        }
    }
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            format: LogFormat::Pretty,
            filter: "info".to_owned(),
        }
    }
}

/// Dutch rates of 2026 as an example that works; every country sets its own.
fn usual_tax_classes() -> Vec<TaxClassSetting> {
    [
        ("standard", "VAT 21 %", "21"),
        ("reduced", "VAT 9 %", "9"),
        ("zero", "VAT 0 %", "0"),
    ]
    .map(|(id, name, rate)| TaxClassSetting {
        id: id.to_owned(),
        name: name.to_owned(),
        rate_percent: rate.to_owned(),
    })
    .to_vec()
}

/// Why settings that could be read cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingRefused {
    /// Plain HTTP beyond this machine.
    #[error(
        "the setting \"loopback_listen\" is {0}, which other machines can reach without TLS: \
         give a 127.0.0.1 or [::1] address, or use \"public_listen\""
    )]
    NotLoopback(SocketAddr),
    /// No name to put into the certificate.
    #[error("the setting \"names\" is empty: name at least one address of this hub")]
    NoNames,
    /// A tax rate is no percentage.
    #[error(
        "the tax class \"{id}\" has the rate \"{rate}\": write percent with at most three \
         decimals, such as 21 or 5.5, and at most 100"
    )]
    Rate {
        /// The class.
        id: String,
        /// What was set.
        rate: String,
    },
    /// Two classes of one name, or none at all.
    #[error("the setting \"tax_classes\" needs at least one class, each id once (\"{0}\")")]
    TaxClasses(String),
}

impl HubConfig {
    /// Returns where the database is.
    #[must_use]
    pub fn database(&self) -> DbPlace {
        match &self.database {
            Some(url) => DbPlace::Server(url.clone()),
            None => DbPlace::File(self.data.join("hub.db")),
        }
    }

    /// Checks what the types cannot, and returns the tax classes as the catalogue holds them.
    ///
    /// # Errors
    /// [`SettingRefused`], naming the setting.
    pub fn check(&self) -> Result<Vec<TaxClass>, SettingRefused> {
        if let Some(address) = self.loopback_listen
            && !address.ip().is_loopback()
        {
            return Err(SettingRefused::NotLoopback(address));
        }
        if self.names.is_empty() {
            return Err(SettingRefused::NoNames);
        }
        let mut classes: Vec<TaxClass> = Vec::new();
        for setting in &self.tax_classes {
            if setting.id.trim().is_empty() || classes.iter().any(|known| known.id == setting.id) {
                return Err(SettingRefused::TaxClasses(setting.id.clone()));
            }
            classes.push(TaxClass {
                id: setting.id.clone(),
                name: setting.name.clone(),
                rate: rate_of(setting)?,
            });
        }
        match classes.is_empty() {
            true => Err(SettingRefused::TaxClasses(String::new())),
            false => Ok(classes),
        }
    }
}

/// Reads a percentage: thousandths of a percent, as a quantity has thousandths of a unit.
fn rate_of(setting: &TaxClassSetting) -> Result<Rate, SettingRefused> {
    let refused = || SettingRefused::Rate {
        id: setting.id.clone(),
        rate: setting.rate_percent.clone(),
    };
    let percent: Milli = setting.rate_percent.parse().map_err(|_| refused())?;
    u32::try_from(percent.0)
        .ok()
        .filter(|rate| *rate <= 100_000)
        .map(Rate)
        .ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use counterpart_daemon::config::{Sources, load};

    use super::{HubConfig, SettingRefused, TaxClassSetting};

    #[test]
    fn nothing_has_to_be_set() {
        let config: HubConfig = load(&Sources::none()).unwrap();
        let classes = config.check().unwrap();
        let rates: Vec<_> = classes.iter().map(|class| class.rate.0).collect();
        assert_eq!(rates, [21_000, 9_000, 0]);
    }

    #[test]
    fn a_mistyped_setting_is_named() {
        let sources = Sources::none().variables([("COUNTERPART_PUBLIC_LISTN", "127.0.0.1:1")]);
        let refused = load::<HubConfig>(&sources).unwrap_err().to_string();
        assert!(refused.contains("public_listn"), "{refused}");
        assert!(
            refused.contains("did you mean \"public_listen\"?"),
            "{refused}"
        );
    }

    #[test]
    fn a_database_that_cannot_be_meant_is_refused_without_being_shown() {
        let read = |url: &str| {
            let sources = Sources::none().variables([("COUNTERPART_DATABASE", url)]);
            load::<HubConfig>(&sources)
        };
        let config = read("postgres://hub:geheim@db.example/counterpart").unwrap();
        let place = config.database().to_string();
        assert_eq!(place, "postgres://hub@db.example:5432/counterpart");
        assert!(!format!("{config:?}").contains("geheim"), "{config:?}");
        let refused = read("mysql://hub:geheim@db.example/counterpart").unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the setting \"database\" (in the variable COUNTERPART_DATABASE) can't be used: the \
             database's address cannot be read: write postgres://user:password@host:5432/database"
        );
    }

    #[track_caller]
    fn check_refused(change: impl FnOnce(&mut HubConfig), part: &str) {
        let mut config = HubConfig::default();
        change(&mut config);
        let refused: SettingRefused = config.check().unwrap_err();
        assert!(refused.to_string().contains(part), "{refused}");
    }

    #[test]
    fn what_cannot_work_is_refused_in_words() {
        check_refused(
            |config| config.loopback_listen = Some("192.168.1.4:80".parse().unwrap()),
            "without TLS",
        );
        check_refused(|config| config.names.clear(), "at least one address");
        check_refused(|config| config.tax_classes.clear(), "at least one class");
        check_refused(
            |config| config.tax_classes[1].id = "standard".to_owned(),
            "each id once (\"standard\")",
        );
        for bad in ["", "x", "21.0001", "-1", "100.001"] {
            check_refused(
                |config| {
                    config.tax_classes = vec![TaxClassSetting {
                        id: "a".to_owned(),
                        name: "A".to_owned(),
                        rate_percent: bad.to_owned(),
                    }];
                },
                "write percent",
            );
        }
    }
}
