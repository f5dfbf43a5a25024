foreach(module deployment options record_match report_reading)
  faas_drill_unit(${module} faas_drill_run)
endforeach()
target_link_options(test_drill.record_match PRIVATE "LINKER:--wrap=calloc")
