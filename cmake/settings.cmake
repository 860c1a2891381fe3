# Warnings, sanitizers and coverage, as one INTERFACE target that every target of ours links.
add_library(migrator_settings INTERFACE)
target_compile_options(migrator_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual)
if(MIGRATOR_WERROR)
  target_compile_options(migrator_settings INTERFACE -Werror)
endif()
if(MIGRATOR_SANITIZE)
  target_compile_options(migrator_settings INTERFACE
    -fsanitize=${MIGRATOR_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(migrator_settings INTERFACE -fsanitize=${MIGRATOR_SANITIZE})
endif()
