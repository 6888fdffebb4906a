// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "genocuda/version.h"

int main() { std::cout << "genocuda " << genocuda::version() << '\n'; }
