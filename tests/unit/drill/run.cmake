foreach(module deployment options record_match report_reading)
  faas_drill_unit(${module} faas_drill_run)
endforeach()
