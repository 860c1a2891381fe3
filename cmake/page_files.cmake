# The files of the status page, as one source that holds them: the program needs no file beside it.
foreach(type html css js)
  set(page_file ${CMAKE_SOURCE_DIR}/engine/http/page/page.${type})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${page_file})
  file(READ ${page_file} page_${type})
endforeach()
set(page_files_source ${CMAKE_BINARY_DIR}/page_files.cpp)
configure_file(${CMAKE_SOURCE_DIR}/cmake/page_files.cpp.in ${page_files_source} @ONLY)
