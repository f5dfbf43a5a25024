# Functions in other languages: examples/functions/NAME, built into build/functions/NAME/DRIVER with the driver that its lock
# file pins, or another one.
# shellcheck shell=bash

FAAS_FUNCTIONS=$FAAS_BUILD/functions
FUNCTION_SOURCES=$FAAS_ROOT/examples/functions
FUNCTION_NAMES=(python node go rust java libmongoc php ruby)

# The form of a driver with its version, and an example.
declare -A FUNCTION_DRIVER=(
   [python]='^pymongo==[0-9][0-9a-z.]*$'
   [node]='^mongodb@[0-9][0-9a-z.-]*$'
   [go]='^go\.mongodb\.org/mongo-driver/v2@v2[0-9a-z.-]*$'
   [rust]='^mongodb@[0-9][0-9a-z.-]*$'
   [java]='^org\.mongodb:mongodb-driver-sync:[0-9][0-9A-Za-z.-]*$'
   [libmongoc]='^(system|debian:[a-z][a-z0-9-]*)$'
   [php]='^system$'
   [ruby]='^$'
)
declare -A FUNCTION_DRIVER_EXAMPLE=(
   [python]=pymongo==4.15.5
   [node]=mongodb@6.20.0
   [go]=go.mongodb.org/mongo-driver/v2@v2.3.0
   [rust]=mongodb@3.5.0
   [java]=org.mongodb:mongodb-driver-sync:5.7.1
   [libmongoc]=debian:trixie
)

# Those whose drivers have other forms.
declare -A FUNCTION_LANGUAGE=([python]=Python [node]=Node.js [go]=Go [rust]=Rust [java]=Java)

# A file that a usable checkout has. Java's must be built before, because Gradle would download its own parts.
declare -A FUNCTION_DRIVER_FILE=([python]=pymongo/__init__.py [node]=lib/index.js [go]=mongo/client.go [rust]=src/client.rs
   [java]=driver-sync/build/libs [libmongoc]=src/libmongoc [ruby]=lib/mongo.rb)

# function_check NAME DRIVER: dies if there is no such function, or if it has no such driver.
function_check() {
   local file wanted=()
   [[ -n ${FUNCTION_DRIVER[$1]:-} ]] || ui_die 2 "--function takes one of examples/functions (${FUNCTION_NAMES[*]}), found \"$1\"."
   file=${FUNCTION_DRIVER_FILE[$1]:-}
   [[ $1 != ruby || -n $2 ]] || ui_die 2 "--function ruby needs a checkout of the driver: --driver source:DIR." \
      "Debian 12 has only mongo 2.5.1, which fails with its Ruby 3.1."
   if [[ $2 == source:* && -n $file ]]; then
      [[ -e ${2#source:}/$file ]] || ui_die 2 "--driver $2: not a checkout of the driver for --function $1: it has no $file."
   elif [[ -n $2 && ! $2 =~ ${FUNCTION_DRIVER[$1]} ]]; then
      [[ $1 != php ]] || ui_die 2 "--function php takes --driver system only, the extension of this machine's PHP; found \"$2\"." \
         "To drill another one, install it there."
      [[ -z ${FUNCTION_DRIVER_EXAMPLE[$1]:-} ]] || wanted+=("a version of it, such as ${FUNCTION_DRIVER_EXAMPLE[$1]},")
      [[ -z $file ]] || wanted+=("${wanted:+or }source:DIR,")
      ui_die 2 "--function $1: --driver takes ${wanted[*]} found \"$2\"."
   fi
}

# function_hint DRIVER: what to do with a driver of another language, which faas-harness cannot use.
function_hint() {
   local name names=() told='' command=''
   for name in "${FUNCTION_NAMES[@]}"; do
      [[ -z ${FUNCTION_LANGUAGE[$name]:-} || ! $1 =~ ${FUNCTION_DRIVER[$name]} ]] || names+=("$name")
   done
   [[ $FAAS_COMMAND == drill || $FAAS_COMMAND == run ]] || command='./dev drill '
   for name in "${names[@]}"; do
      told+="${told:+; }for a driver in ${FUNCTION_LANGUAGE[$name]}, $command--function $name"
   done
   [[ -z $told ]] || echo " ${told^}."
}

# function_build NAME [DRIVER]: builds it if necessary. Sets FUNCTION_FOLDER, FUNCTION_OPTIONS for faas-drill, and
# FUNCTION_SEARCH, where its interpreter is. Needs venv_ensure.
function_build() {
   local name=$1 driver=${2:-} slug want
   if [[ $driver == source:* ]]; then
      driver=$(cd "${driver#source:}" && pwd -P)
      slug=source-$(source_id "$driver")
   else
      slug=${driver//==/-} slug=${slug//[^a-z0-9.]/-}
   fi
   slug=${slug:-pinned}
   # Without a toolchain: another release of the compiler needs no new build.
   FUNCTION_OPTIONS=() FUNCTION_SEARCH=$FAAS_VENV/bin FUNCTION_TOOLCHAIN=''
   "function_${name}_prepare" "${driver:-the driver}"
   FUNCTION_FOLDER=$FAAS_FUNCTIONS/$name/$slug
   want="$(find "$FUNCTION_SOURCES/$name" -type f | sort | xargs -d '\n' cat | sha256sum) $FUNCTION_TOOLCHAIN"
   if [[ -d $FUNCTION_FOLDER && -f $FUNCTION_FOLDER.stamp && $(<"$FUNCTION_FOLDER.stamp") == "$want" ]]; then
      return
   fi
   ui_say "Installing into build/functions/$name/$slug: $FUNCTION_PACKAGES"
   ui_step "function-$name-$slug" "Building the function in $name" function_make "$name" "$driver" "$FUNCTION_FOLDER" "$want"
}

# functions_ensure NAME...: with pinned drivers. Needs venv_ensure. Does not change the DRIVER_… of the harness.
functions_ensure() {
   local name
   for name; do
      (function_build "$name")
   done
}

# function_make NAME DRIVER FOLDER STAMP: DRIVER is a version, the absolute path of a checkout, or empty. Written
# elsewhere and renamed, because another drill may be using it.
function_make() {
   FUNCTION_NEW=$FAAS_FUNCTIONS/$1/.new-${3##*/}-$$
   trap 'rm -rf "$FUNCTION_NEW"' EXIT # the step's own
   mkdir -p "$FUNCTION_NEW"
   "function_${1}_make" "$2"
   rm -rf "$3" "$FUNCTION_NEW/source"
   mv -T "$FUNCTION_NEW" "$3"
   echo "$4" >"$3.stamp"
}

# function_source NAME FILE...: copies these files of the function to where it is compiled, and goes there.
function_source() {
   mkdir "$FUNCTION_NEW/source"
   (cd "$FUNCTION_SOURCES/$1" && cp -r "${@:2}" "$FUNCTION_NEW/source")
   cd "$FUNCTION_NEW/source"
}

# --- Python: by the venv's, which has AWS's runtime client ---

function_python_prepare() {
   # Wheels with machine code are for one version of Python.
   FUNCTION_TOOLCHAIN=$("$FAAS_VENV/bin/python" --version)
   FUNCTION_OPTIONS=(--handler app.lambda_handler)
   FUNCTION_PACKAGES="$1 and what it needs by pip (11 MB)"
}

function_python_make() {
   local pinned=$FUNCTION_SOURCES/python/requirements.txt wanted=(--require-hashes -r)
   if [[ -n $1 ]]; then
      # The rest as pinned, without hashes, because pip wants them for all or none.
      sed -n '/^pymongo==/d; s/ \\$//; /^[a-z]/p' "$pinned" >"$FUNCTION_NEW/rest.txt"
      pinned=$FUNCTION_NEW/rest.txt wanted=("$1" -c)
   fi
   if [[ $1 == /* ]]; then
      # Its build leaves files in its folder.
      mkdir "$FUNCTION_NEW/checkout"
      tar -C "$1" --exclude=./.git -c . | tar -C "$FUNCTION_NEW/checkout" -x
      wanted[0]=$FUNCTION_NEW/checkout
   fi
   "$FAAS_VENV/bin/python" -m pip install --no-input --disable-pip-version-check --only-binary :all: \
      --target "$FUNCTION_NEW" "${wanted[@]}" "$pinned"
   rm -rf "$FUNCTION_NEW"/{rest.txt,checkout}
   cp "$FUNCTION_SOURCES/python/app.py" "$FUNCTION_NEW"
}

# --- Node.js: by the venv's ---

function_node_prepare() {
   FUNCTION_OPTIONS=(--handler index.handler)
   FUNCTION_SEARCH=$(node_wheel)/bin
   FUNCTION_PACKAGES="$1 and what it needs by npm (8 MB)"
}

function_node_make() {
   cp "$FUNCTION_SOURCES/node"/{index.mjs,package.json} "$FUNCTION_NEW"
   [[ -n $1 ]] || cp "$FUNCTION_SOURCES/node/package-lock.json" "$FUNCTION_NEW"
   cd "$FUNCTION_NEW"
   if [[ -z $1 ]]; then
      node_npm ci
   else
      node_npm install --save-exact --install-links "$1"
   fi
}

# --- Go: by the machine's, or a wheel of it ---

function_go_prepare() {
   go_ensure "$(sed -n 's/^go //p' "$FUNCTION_SOURCES/go/go.mod")"
   FUNCTION_SEARCH=$FAAS_VENV/bin
   FUNCTION_PACKAGES="$1, aws-lambda-go and what they need by go (60 MB into Go's own cache)"
}

function_go_make() {
   function_source go main.go go.mod go.sum
   export CGO_ENABLED=0 GOTOOLCHAIN=local GOWORK=off
   case $1 in
      '') ;;
      /*) "$GO_PROGRAM" mod edit -replace "go.mongodb.org/mongo-driver/v2=$1" ;;
      *) "$GO_PROGRAM" get "$1" ;;
   esac
   [[ -z $1 ]] || "$GO_PROGRAM" mod tidy # it may need modules other than the pinned ones
   "$GO_PROGRAM" build -trimpath -buildvcs=false -tags lambda.norpc -ldflags '-s -w' -o ../bootstrap .
}

# --- Rust: by the machine's, as no registry has a compiler ---

# cargo_is_new_enough VERSION
cargo_is_new_enough() {
   local found
   found=$(cargo --version 2>/dev/null) || return 1
   found=${found#cargo } found=${found%% *}
   printf '%s\n' "$1" "$found" | sort -V -C
}

# Sets RUST_WANTED.
rust_is_new_enough() {
   RUST_WANTED=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$FUNCTION_SOURCES/rust/Cargo.toml")
   cargo_is_new_enough "$RUST_WANTED"
}

function_rust_prepare() {
   rust_is_new_enough || ui_die 2 "--function rust needs cargo $RUST_WANTED or later on the PATH," \
      "found $(cargo --version 2>/dev/null || echo none). rustup installs one."
   FUNCTION_PACKAGES="$1, lambda_runtime and what they need by cargo (500 MB in build/functions/rust/target; it takes minutes)"
}

function_rust_make() {
   local line="\"=${1#mongodb@}\"" locked=()
   function_source rust Cargo.toml Cargo.lock src
   [[ $1 != /* ]] || line="{ path = \"$1\" }"
   # A driver may need crates other than the locked ones.
   [[ -z $1 ]] || sed -i "s|^mongodb = .*|mongodb = $line|" Cargo.toml
   [[ -n $1 ]] || locked=(--locked)
   # Shared with other versions of the driver, because most of it is the same.
   exec 8>"$FAAS_FUNCTIONS/rust/lock"
   flock 8
   CARGO_TARGET_DIR=$FAAS_FUNCTIONS/rust/target cargo build --release "${locked[@]}"
   cp "$FAAS_FUNCTIONS/rust/target/release/bootstrap" ..
}

# --- Java: by the machine's JDK and Maven ---

# The release that the example is compiled for.
java_wanted() {
   sed -n 's|.*<maven.compiler.release>\(.*\)</.*|\1|p' "$FUNCTION_SOURCES/java/pom.xml"
}

# java_is_new_enough PROGRAM: on the function's own PATH, where the function can see it.
java_is_new_enough() {
   local program found
   program=$(PATH=/usr/local/bin:/usr/bin:/bin command -v "$1") && [[ $(realpath "$program") == /usr/* ]] || return 1
   found=$("$program" --version 2>/dev/null) || return 1
   [[ $found =~ ^[a-z]+\ ([0-9.]+) ]] && printf '%s\n' "$(java_wanted)" "${BASH_REMATCH[1]}" | sort -V -C
}

function_java_prepare() {
   if ! java_is_new_enough java || ! java_is_new_enough javac || ! command -v mvn >/dev/null; then
      packages_need "${PACKAGES_JAVA[@]}"
   fi
   # Git ignores build output, so commit and edits do not identify the jars.
   [[ $1 != /* ]] || FUNCTION_TOOLCHAIN=$(java_checkout_jars "$1" | xargs -d '\n' cat | sha256sum)
   FUNCTION_PACKAGES="$1, AWS's runtime client and what they need by Maven (8 MB, and 40 MB into Maven's own cache)"
}

# java_checkout_jars DIR: the driver's jars, the newest of each part.
java_checkout_jars() {
   local part
   for part in bson bson-record-codec driver-core driver-sync; do
      find "$1/$part/build/libs" -name '*.jar' ! -name '*-sources.jar' ! -name '*-javadoc.jar' ! -name '*-tests.jar' \
         ! -name '*-test-fixtures.jar' -printf '%T@ %p\n' 2>/dev/null | sort -rn | sed -n '1s/^[^ ]* //p'
   done
}

function_java_make() {
   local version=() jars
   function_source java pom.xml src
   cp "$FUNCTION_SOURCES/java/bootstrap" "$FUNCTION_NEW"
   [[ -z $1 || $1 == /* ]] || version=(-Dmongodb.version="${1##*:}")
   mvn --batch-mode --no-transfer-progress --strict-checksums "${version[@]}" package
   mv lib ..
   cd ..
   if [[ $1 == /* ]]; then
      mapfile -t jars < <(java_checkout_jars "$1")
      ((${#jars[@]} >= 3)) ||
         ui_die 1 "--driver source:$1: jars of bson, driver-core or driver-sync are missing in their build/libs, found: ${jars[*]:-none}."
      rm lib/bson-*.jar lib/mongodb-driver-*.jar
      cp "${jars[@]}" lib
   fi
}


# --- libmongoc: as ./dev build gets it for the harness ---

function_libmongoc_prepare() {
   local driver=$1
   case $driver in
      'the driver') driver='' ;;
      /*) driver=source:$driver ;;
   esac
   package_machine ''
   package_prepare "$driver" ''
   package_linking
   FUNCTION_TOOLCHAIN="$DRIVER_SLUG ${PACKAGE_CMAKE_LINK[*]}"
   [[ -z $DRIVER_SYSROOT ]] || FUNCTION_TOOLCHAIN+=" $(<"$DRIVER_SYSROOT/faas-stamp")"
   FUNCTION_PACKAGES="$1, libcurl and the libraries they need, of $DRIVER_CHOICE (27 MB)"
}

function_libmongoc_make() {
   cmake -S "$FUNCTION_SOURCES/libmongoc" -B "$FUNCTION_NEW/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
      "${DRIVER_CMAKE[@]}" "${PACKAGE_CMAKE[@]}" "${PACKAGE_CMAKE_LINK[@]}"
   cmake --build "$FUNCTION_NEW/build"
   python3 "$FAAS_ROOT/packaging/bundle.py" --machine "$PACKAGE_ARCH" --program "$FUNCTION_NEW/build/bootstrap" \
      "${PACKAGE_SEARCH[@]/#/--search=}" -o "$FUNCTION_NEW/"
   rm -r "$FUNCTION_NEW/build"
}

# --- PHP: by the machine's, whose extension is the driver ---

function_php_prepare() {
   [[ $(PATH=/usr/local/bin:/usr/bin:/bin php -r 'echo phpversion("mongodb");' 2>/dev/null) == [0-9]* ]] ||
      packages_need "${PACKAGES_PHP[@]}"
   FUNCTION_PACKAGES="$1 is in this machine's PHP"
}

function_php_make() {
   cp "$FUNCTION_SOURCES/php/bootstrap" "$FUNCTION_NEW"
}

# --- Ruby: by the machine's, with the driver of a checkout ---

function_ruby_prepare() {
   PATH=/usr/local/bin:/usr/bin:/bin ruby -e 'require "bson"' 2>/dev/null || packages_need "${PACKAGES_RUBY[@]}"
   FUNCTION_PACKAGES="$1; the gem bson is this machine's"
}

function_ruby_make() {
   cp "$FUNCTION_SOURCES/ruby/bootstrap" "$FUNCTION_NEW"
   cp -r "$1/lib" "$FUNCTION_NEW"
}
