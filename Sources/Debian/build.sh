#!/usr/bin/env bash
# Builds the Debian package of a compiled program, and prints the path of the package. Called by `make deb`.
#
#   build.sh PROGRAM DIRECTORY
#
# Variables:
#   DEB_VERSION      version of the package; default: version of the program, plus -1
#   DEB_COMPRESSION  compression of dpkg-deb: xz, zstd, gzip, none; default: xz
#   DEB_UNOWNED=1    accepts libraries that belong to no package, for tests with a debug build
#   DEBFULLNAME, DEBEMAIL, SOURCE_DATE_EPOCH: as for Debian's own tools
set -euo pipefail

program=$(realpath "$1")
mkdir -p "$2"
directory=$(realpath "$2")
here=$(dirname "$(realpath "$0")")
sources=$here/..

name=mailstore-exporter
version=${DEB_VERSION:-$("$program" --version)-1}
architecture=$(dpkg --print-architecture)
maintainer="${DEBFULLNAME:-mailstore_exporter} <${DEBEMAIL:-mailstore_exporter@localhost}>"
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct 2>/dev/null || date +%s)}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
root=$scratch/root
doc=$root/usr/share/doc/$name
share=$root/usr/share/mailstore_exporter
umask 022

# The program, without its local symbols.
install -D -m 755 "$program" "$root/usr/bin/mailstore_exporter"
strip --remove-section=.comment --remove-section=.note --strip-unneeded "$root/usr/bin/mailstore_exporter"

# The kit. The units go elsewhere, with the path of the packaged program, and the kit's README is about installation by
# hand.
"$program" kit "$share" > "$scratch/kit.log"
install -d "$root/lib/systemd/system"
for unit in service socket; do
    sed 's#/usr/local/bin/#/usr/bin/#' "$share/systemd/mailstore_exporter.$unit" \
        > "$root/lib/systemd/system/mailstore_exporter.$unit"
done
rm -r "$share/systemd" "$share/README.md"

install -D -m 644 "$share/mailstore_exporter.yml" "$root/etc/mailstore_exporter/mailstore_exporter.yml"
install -D -m 644 "$here/default" "$root/etc/default/mailstore_exporter"

# The manual pages and the completion, from the commands as the program describes them.
"$program" --experimental-dump-help \
    | python3 -B "$here/documents.py" "$root" "$(date -u -d "@$SOURCE_DATE_EPOCH" +%F)"
gzip -9n "$root"/usr/share/man/man1/*.1

install -D -m 644 -t "$doc" "$here/copyright" "$here/README.Debian"
gzip -9n < "$sources/../CHANGELOG.md" > "$doc/changelog.gz"
gzip -9n > "$doc/changelog.Debian.gz" <<CHANGES
$name ($version) unstable; urgency=medium

  * New version; see changelog.gz for the changes in the program.

 -- $maintainer  $(date -u -R -d "@$SOURCE_DATE_EPOCH")
CHANGES

# The packages of the program's libraries. dpkg-shlibdeps expects to run in a source package.
mkdir -p "$scratch/debian"
printf 'Source: %s\nMaintainer: %s\n\nPackage: %s\nArchitecture: any\nDescription: -\n' "$name" "$maintainer" "$name" \
    > "$scratch/debian/control"
depends=$(cd "$scratch" && dpkg-shlibdeps -O ${DEB_UNOWNED:+--ignore-missing-info} root/usr/bin/mailstore_exporter \
    2> shlibdeps.log) || { cat "$scratch/shlibdeps.log" >&2; exit 1; }

mkdir "$root/DEBIAN"
cat > "$root/DEBIAN/control" <<CONTROL
Package: $name
Version: $version
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $(du -sk --apparent-size "$root" | cut -f1)
Depends: ${depends#shlibs:Depends=}, tzdata
Recommends: ca-certificates
Suggests: prometheus
Section: net
Priority: optional
Description: Prometheus exporter for MailStore e-mail archives
 Monitors any number of MailStore servers through their Administration API:
 whether jobs and archiving profiles run and succeed, whether verifications
 find damage, the state and growth of stores, the use of the licence, and the
 expiry of the certificate.
 .
 It makes only read-only calls by default, and serves metrics from memory. Each
 finished run is counted exactly once, even across restarts.
 .
 Dashboards, alerting rules and a runbook are in /usr/share/mailstore_exporter.
CONTROL
(cd "$root" && find etc -type f -printf '/%p\n' | LC_ALL=C sort > DEBIAN/conffiles)
(cd "$root" && find lib usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum > DEBIAN/md5sums)
for script in postinst prerm postrm; do install -m 755 "$here/$script" "$root/DEBIAN/$script"; done

find "$root" -newermt "@$SOURCE_DATE_EPOCH" -exec touch --no-dereference -d "@$SOURCE_DATE_EPOCH" {} +
file=$directory/${name}_${version#*:}_$architecture.deb
dpkg-deb --root-owner-group -Z"${DEB_COMPRESSION:-xz}" --build "$root" "$file" > "$scratch/build.log"
echo "$file"
