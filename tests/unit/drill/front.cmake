foreach(module front_backend front_delays front_hello front_limit front_pace front_record front_scram front_timeline front_wire)
  faas_drill_unit(${module} faas_drill_front)
endforeach()
