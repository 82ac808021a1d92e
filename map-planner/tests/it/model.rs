//! Maps as a generator sees them: genes that always make a valid map, whatever their values are.

use proptest::collection::vec;
use proptest::prelude::*;

/// The images of jobs, which end.
const JOBS: [u8; 2] = [3, 5];

/// Returns whether containers of an image end by themselves.
pub(crate) fn is_job(image: u8) -> bool {
    JOBS.contains(&image)
}

/// What one configuration is made of. References are counted among the configurations before it.
#[expect(clippy::struct_excessive_bools, reason = "each is a gene by itself")]
#[derive(Debug, Clone)]
pub(crate) struct Gene {
    pub(crate) image: u8,
    pub(crate) has_instances: bool,
    pub(crate) shares: bool,
    pub(crate) binds: bool,
    pub(crate) is_persistent: bool,
    /// A bit for each of four volumes; the first configuration that wants one owns it.
    pub(crate) attaches: u8,
    /// A volume or a configuration, and whether it is read only.
    pub(crate) uses: Vec<(u8, bool)>,
    pub(crate) links: Vec<u8>,
    pub(crate) mode: u8,
    /// A network, whether there is an alias, and whether there is a fixed address.
    pub(crate) networks: Vec<(u8, bool, bool)>,
    /// A port, and where it is published.
    pub(crate) ports: Vec<(u8, u8)>,
    pub(crate) environment: u8,
    pub(crate) words: u8,
    pub(crate) commands: u8,
    pub(crate) user: u8,
    pub(crate) permissions: u8,
    pub(crate) stop: u8,
    pub(crate) has_health: bool,
    pub(crate) options: u8,
    pub(crate) host: u8,
    /// A configuration that comes first, and how far it has to be.
    pub(crate) starts: Vec<(u8, u8)>,
    /// What is done when the first, second and third of what it depends on changes.
    pub(crate) follows: [u8; 3],
    pub(crate) update: u8,
    pub(crate) renews: bool,
}

/// An edit of a map: some of a configuration's genes become those of another one.
#[derive(Debug, Clone)]
pub(crate) struct Edit {
    at: u8,
    which: u32,
    gene: Gene,
}

/// The genes of a map.
#[derive(Debug, Clone)]
pub(crate) struct Genome {
    pub(crate) genes: Vec<Gene>,
    /// How many networks there are, and which are internal.
    pub(crate) networks: Vec<bool>,
}

impl Genome {
    /// Returns the map after an edit.
    pub(crate) fn edited(&self, edits: &[Edit], dropped: usize) -> Self {
        let mut edited = self.clone();
        for edit in edits {
            let index = usize::from(edit.at) % (edited.genes.len() + 1);
            match edited.genes.get_mut(index) {
                Some(gene) => {
                    let was = gene.image;
                    edit.apply(gene);
                    // A job is persistent and keeps its image: it never turns into something that others can need.
                    if is_job(was) != is_job(gene.image) {
                        gene.image = was;
                    }
                }
                None if index < 6 => edited.genes.push(edit.gene.clone()),
                None => {}
            }
        }
        let left = edited.genes.len().saturating_sub(dropped).max(1);
        edited.genes.truncate(left);
        edited
    }
}

impl Edit {
    fn apply(&self, to: &mut Gene) {
        let from = self.gene.clone();
        let picked = |bit: u32| self.which & (1 << bit) != 0;
        macro_rules! copy {
            ($($bit:literal => $($field:ident),+;)+) => { $(if picked($bit) { $(to.$field = from.$field;)+ })+ };
        }
        copy! {
            0 => image, is_persistent;
            1 => has_instances;
            2 => shares, binds;
            3 => attaches;
            4 => uses;
            5 => links;
            6 => mode, networks;
            7 => ports;
            8 => environment;
            9 => words, commands;
            10 => user;
            11 => permissions;
            12 => stop;
            13 => has_health;
            14 => starts;
            15 => options, host;
            16 => follows, update, renews;
        }
    }
}

/// A case: a map, what became of it and of the engine, and what is asked.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) old: Genome,
    pub(crate) edits: Vec<Edit>,
    pub(crate) dropped: usize,
    pub(crate) damages: Vec<u16>,
    /// The containers asked for; none for all.
    pub(crate) select: Vec<u8>,
    pub(crate) adopts: bool,
    /// Whether what an image is built from has changed since.
    pub(crate) touched: bool,
    /// Whether such images are built anew.
    pub(crate) builds: bool,
    pub(crate) seed: u64,
}

impl Case {
    /// Returns the map as it is wanted now.
    pub(crate) fn new_map(&self) -> Genome {
        self.old.edited(&self.edits, self.dropped)
    }
}

/// A map says more than its genes.
impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let line = |genome: &Genome| {
            crate::text::text(genome).lines().filter(|line| line.contains('{')).collect::<Vec<_>>().join("")
        };
        write!(
            f,
            "{} => {} damages {:?} select {:?} adopts {} touched {} builds {} seed {}",
            line(&self.old),
            line(&self.new_map()),
            self.damages,
            self.select,
            self.adopts,
            self.touched,
            self.builds,
            self.seed
        )
    }
}

fn gene() -> impl Strategy<Value = Gene> {
    let mounts = (
        any::<bool>(),
        any::<bool>(),
        prop_oneof![Just(0u8), Just(1), Just(2), Just(4), Just(8), any::<u8>()],
        vec((any::<u8>(), any::<bool>()), 0..3),
    );
    let network = (
        vec(any::<u8>(), 0..3),
        0u8..10,
        vec((any::<u8>(), any::<bool>(), prop::bool::weighted(0.3)), 1..3),
        vec((0u8..3, 0u8..5), 0..3),
    );
    let rest = (0u8..5, 0u8..4, 0u8..4, 0u8..4, 0u8..3, 0u8..5);
    let waits = (any::<bool>(), vec((any::<u8>(), 0u8..3), 0..3), 0u8..6, 0u8..8);
    let kind = (0u8..8, prop::bool::weighted(0.3), prop::bool::weighted(0.2));
    let changes = ([0u8..4, 0u8..4, 0u8..4], 0u8..8, prop::bool::weighted(0.2));
    let genes = (kind, mounts, network, rest, waits, changes);
    genes.prop_map(|(kind, mounts, network, rest, waits, changes)| Gene {
        image: kind.0,
        has_instances: kind.1,
        is_persistent: kind.2,
        shares: mounts.0,
        binds: mounts.1,
        attaches: mounts.2,
        uses: mounts.3,
        links: network.0,
        mode: network.1,
        networks: network.2,
        ports: network.3,
        environment: rest.0,
        words: rest.1,
        user: rest.2,
        permissions: rest.3,
        stop: rest.4,
        commands: rest.5,
        has_health: waits.0,
        starts: waits.1,
        options: waits.2,
        host: waits.3,
        follows: changes.0,
        update: changes.1,
        renews: changes.2,
    })
}

fn genome() -> impl Strategy<Value = Genome> {
    (vec(gene(), 1..=5), vec(prop::bool::weighted(0.2), 0..=3))
        .prop_map(|(genes, networks)| Genome { genes, networks })
}

fn edit() -> impl Strategy<Value = Edit> {
    let which = prop_oneof![3 => (0u32..17).prop_map(|bit| 1u32 << bit), 1 => any::<u32>()];
    (any::<u8>(), which, gene()).prop_map(|(at, which, gene)| Edit { at, which, gene })
}

/// Returns cases of all kinds, the plain ones among them.
pub(crate) fn case() -> impl Strategy<Value = Case> {
    let select = prop_oneof![2 => Just(Vec::new()), 1 => vec(any::<u8>(), 1..3)];
    let dropped = prop_oneof![4 => Just(0usize), 1 => Just(1)];
    let asked = (any::<bool>(), any::<bool>(), any::<bool>());
    (genome(), vec(edit(), 0..3), dropped, vec(any::<u16>(), 0..4), select, asked, any::<u64>()).prop_map(
        |(old, edits, dropped, damages, select, (adopts, touched, builds), seed)| Case {
            old,
            edits,
            dropped,
            damages,
            select,
            adopts,
            touched,
            builds,
            seed,
        },
    )
}
