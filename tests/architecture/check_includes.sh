#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: check_includes.sh ROOT
# Fails on every #include of ROOT that runs against the arrows of docs/architecture.md, one line each:
#   file:line: why
set -euo pipefail
cd "${1:?usage: check_includes.sh ROOT}"

folders=()
for folder in core draw kernels host cuda genomics learn library apps include; do
  [ -d "$folder" ] && folders+=("$folder")
done
[ ${#folders[@]} -gt 0 ] || { echo "check_includes.sh: no source folder in $PWD" >&2; exit 2; }

# shellcheck disable=SC2016  # the program is awk, not bash
find "${folders[@]}" -type f \( -name '*.h' -o -name '*.cc' -o -name '*.cu' -o -name '*.cuh' \) -print0 | sort -z |
  xargs -0 awk '
    BEGIN {
      # folder -> the folders whose headers it may include ("genocuda" stands for the public headers in include/)
      arrows["core"] = "core"
      arrows["draw"] = "draw"
      arrows["kernels"] = "kernels"
      arrows["host"] = "core host"
      arrows["cuda"] = "core cuda kernels"
      arrows["genomics"] = "core draw genomics"
      arrows["learn"] = "core draw genomics learn"
      arrows["library"] = "core draw host cuda genomics learn library genocuda"
      arrows["apps"] = "core draw kernels host cuda genomics learn library apps genocuda"
      arrows["include"] = "core genocuda"
      for (folder in arrows) {
        count = split(arrows[folder], list, " ")
        for (i = 1; i <= count; ++i) allowed[folder, list[i]] = 1
      }
      known = " " arrows["apps"] " "
    }

    function report(why) {
      printf "%s:%d: %s\n", FILENAME, FNR, why
      failed = 1
    }

    # The standard library, the C library, POSIX, compiler intrinsics and OpenMP.
    function is_system(name) {
      return name !~ /[.\/]/ || name ~ /^(sys|linux|netinet|arpa|sanitizer)\// || name ~ /intrin\.h$/ ||
             name ~ /^(omp|unistd|fcntl|dlfcn|signal|pthread|sched|poll|dirent|stdint|stddef|termios|math)\.h$/
    }

    !/^[ \t]*#[ \t]*include[ \t]*["<]/ { next }
    {
      folder = FILENAME
      sub(/\/.*/, "", folder)
      is_header = FILENAME ~ /\.(h|cuh)$/
      quoted = $0 ~ /include[ \t]*"/
      name = $0
      sub(/^[^"<]*["<]/, "", name)
      sub(/[">].*/, "", name)
    }

    quoted {
      target = name
      sub(/\/.*/, "", target)
      if (name !~ /\// || index(known, " " target " ") == 0)
        report("\"" name "\" is not written from the root; write \"folder/file.h\"")
      else if (!((folder, target) in allowed))
        report(folder " must not include \"" name "\"; it may include: " arrows[folder])
      next
    }

    is_system(name) || name ~ /^fmt\// { next }
    folder == "kernels" || folder == "cuda" { next }
    folder == "core" || folder == "draw" {
      report(folder " must not include <" name ">; it stands on the standard library and fmt alone")
      next
    }
    is_header && name != "nlohmann/json_fwd.hpp" {
      report("third-party header <" name "> in a header; include it in the .cc file")
    }

    END { exit failed }
  '
